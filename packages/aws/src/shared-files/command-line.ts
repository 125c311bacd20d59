import { FederateError } from '@federate/core'

/**
 * A command as credential_process holds it. botocore splits the line itself, the other SDKs give it to a shell; only
 * plain words and double quotes around spaces mean the same to all of them.
 *
 * @throws FederateError `AWS_COMMAND_LINE` for a word that some SDK would read differently.
 */
export function commandLine(words: readonly string[]): string {
  return words.map(quoted).join(' ')
}

function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word
  if (/^[\w@%+=:,./ ()~-]+$/.test(word) || /^[A-Za-z]:[\w\\. ()-]+$/.test(word)) return `"${word}"`
  throw new FederateError({
    code: 'AWS_COMMAND_LINE',
    outcome: 'usage',
    problem: `credential_process cannot hold "${word}": the SDKs disagree about how to quote it.`,
    next: 'Move the file to a path of letters, digits, spaces and . - _ /.',
  })
}
