import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

/** One section of `npm test`: a tool, or a vitest project whose tests are counted one by one. */
interface Section {
  readonly command: readonly string[]
  readonly needsBuild?: true
  readonly counted?: true
}

interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

const root = join(import.meta.dirname, '..')

const sections: Readonly<Record<string, Section>> = {
  typecheck: { command: ['tsc', '--noEmit'] },
  lint: { command: ['biome', 'check', '--error-on-warnings'] },
  knip: { command: ['knip'] },
  build: { command: ['tsdown', '--logLevel', 'warn'] },
  unit: { command: ['vitest', 'run', '--project', 'unit'], counted: true },
  structure: { command: ['vitest', 'run', '--project', 'structure'], counted: true },
  system: { command: ['vitest', 'run', '--project', 'system'], counted: true, needsBuild: true },
  packed: { command: ['vitest', 'run', '--project', 'packed'], counted: true, needsBuild: true },
}

/** The sections asked for, in their order, with the build where one of them needs it. */
function select(names: readonly string[]): [string, Section][] {
  const unknown = names.find((name) => !Object.hasOwn(sections, name))
  if (unknown !== undefined) {
    throw new Error(`No section is called '${unknown}'. There are: ${Object.keys(sections).join(', ')}.`)
  }
  const wanted = new Set(names.length === 0 ? Object.keys(sections) : names)
  if ([...wanted].some((name) => sections[name]?.needsBuild === true)) wanted.add('build')
  return Object.entries(sections).filter(([name]) => wanted.has(name))
}

function runSection(section: Section, scratch: string): Counts {
  const report = join(scratch, 'report.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const [tool = '', ...rest] = [...section.command, ...(section.counted ? reporters : [])]
  const path = [join(root, 'node_modules', '.bin'), process.env['PATH']].join(delimiter)
  const { status, error } = spawnSync(tool, rest, { cwd: root, stdio: 'inherit', env: { ...process.env, PATH: path } })
  if (error !== undefined) console.error(error.message)
  const counts = section.counted ? readCounts(report) : { passed: status === 0 ? 1 : 0, failed: 0, skipped: 0 }
  // A tool that failed without a failed test to show for it is a failure itself.
  return status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts
}

function readCounts(report: string): Counts {
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 }
  const totals: { numPassedTests: number; numFailedTests: number; numPendingTests: number; numTodoTests: number } =
    JSON.parse(readFileSync(report, 'utf8'))
  rmSync(report)
  return {
    passed: totals.numPassedTests,
    failed: totals.numFailedTests,
    skipped: totals.numPendingTests + totals.numTodoTests,
  }
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`
}

function main(): void {
  const started = performance.now()
  const scratch = mkdtempSync(join(tmpdir(), 'federate-test-'))
  const results = select(process.argv.slice(2)).map(([name, section]) => {
    console.log(`\n== ${name}: ${section.command.join(' ')}`)
    const begun = performance.now()
    const counts = runSection(section, scratch)
    return { name, counts, time: seconds(begun) }
  })
  rmSync(scratch, { recursive: true })

  console.log('\n== summary')
  for (const { name, counts, time } of results) {
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''
    console.log(
      `${counts.failed > 0 ? 'FAILED' : 'ok    '} ${name}: ${counts.passed} passed, ${counts.failed} failed${skipped} (${time})`,
    )
  }
  const passed = results.reduce((sum, { counts }) => sum + counts.passed, 0)
  const failed = results.reduce((sum, { counts }) => sum + counts.failed, 0)
  console.log(`total time ${seconds(started)}; a section that is no test suite counts as one`)
  console.log(`${passed} passed, ${failed} failed`)
  process.exitCode = failed > 0 ? 1 : 0
}

main()
