import { FederateError } from './errors.ts'

/** How each shell sets an environment variable for itself and its children. */
const shells = {
  env: (name: string, value: string) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
  // fish knows two escapes inside single quotes: of the quote and of the backslash.
  'env-fish': (name: string, value: string) => `set -gx ${name} '${value.replace(/['\\]/g, '\\$&')}'`,
  'env-powershell': (name: string, value: string) => `$env:${name} = '${value.replace(/['\u2018-\u201b]/g, '$&$&')}'`,
  'env-cmd': (name: string, value: string) => `set "${name}=${forCmd(name, value)}"`,
} as const

export type ShellFormat = keyof typeof shells

/**
 * Lines that set variables in a shell, whatever their values hold.
 *
 * @throws FederateError `SHELL_VALUE_UNSAFE` for a value that cmd cannot take: it has no way to quote % and ".
 */
export function shellLines(format: ShellFormat, variables: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(variables)
    .flatMap(([name, value]) => (value === undefined ? [] : [shells[format](name, value)]))
    .join('\n')
}

function forCmd(name: string, value: string): string {
  if (/^[\w+/=:.,@-]*$/.test(value)) return value
  throw new FederateError({
    code: 'SHELL_VALUE_UNSAFE',
    outcome: 'failed',
    problem: `The value of ${name} holds a character that cmd would read as its own.`,
    next: 'Use --format env-powershell or --format json.',
  })
}
