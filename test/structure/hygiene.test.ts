import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { read, root } from './sources.ts'

// What is in the repository or would be with the next commit.
const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
const files = listed
  .trim()
  .split('\n')
  .filter((file) => existsSync(join(root, file)))

/** The lines that match, as `file:line`. */
function linesWith(pattern: RegExp): string[] {
  return files.flatMap((file) =>
    read(file)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}`] : [])),
  )
}

it('no file names the host of a package registry', () => {
  expect(
    linesWith(/registry\.(?:npm|yarn)|npm\.pkg\.git|unpkg\.c|repo1?\.maven\.|proxy\.golang\.|files\.pythonhosted/),
  ).toEqual([])
})

it('no file holds a path of one particular machine', () => {
  expect(linesWith(/(?<![\w.}/-])\/(?:work|root|tmp|home\/(?!acme\b)\w+|Users\/\w+)(?:\/|['"`\s]|$)/)).toEqual([])
})
