import { checkEnvironment } from '../authentication/secret-options.ts'
import { FederateError } from '../errors.ts'
import type { Now } from '../network/fetch.ts'
import { type OptionPlace, optionsOf } from '../options/option-place.ts'
import { runProgram } from '../run-program.ts'
import type { Seconds } from '../units.ts'
import { type KeepFreshOptions, keepFresh } from './freshness.ts'
import { checkWish, type TokenPlace } from './given-token.ts'
import { readPrintedToken } from './printed-token.ts'
import { checkFreshness, timeoutRange } from './source-options.ts'
import type { TokenSource } from './token-source.ts'

export interface TokenCommandOptions {
  /** The program and its arguments. No shell is between: nothing in them is expanded or split. */
  readonly command: readonly string[]
  /** Seconds after which it is killed. Default: 30. */
  readonly timeout?: Seconds | undefined
  /** Where it runs. Default: the working directory. */
  readonly directory?: string | undefined
  /** Default: the process's environment. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined
  /** Default: `Date.now`. */
  readonly now?: Now
  /** How tokens are kept; see `keepFresh`. */
  readonly freshness?: Omit<KeepFreshOptions, 'now'>
}

/**
 * Tokens that a program prints on its standard output, kept fresh: it runs again only when a token comes to its end.
 *
 * It prints the token alone, which then must be a JWT with `exp`; or a JSON object with the token as `access_token`,
 * `id_token` or `token` and its end as `expires_in` (seconds), `expires_at` or `expiration_time` (seconds since the epoch,
 * or a date of RFC 3339); or an ExecCredential of Kubernetes. What the caller wants stands in its environment as
 * `FEDERATE_AUDIENCE` and `FEDERATE_SCOPE` (separated by spaces).
 *
 * `getToken` throws FederateError `TOKEN_COMMAND_MISSING`, `TOKEN_COMMAND_FAILED`, `TOKEN_COMMAND_TIMEOUT`,
 * `TOKEN_COMMAND_OUTPUT` (over 256 kB, or no token), `TOKEN_COMMAND_NO_EXPIRY`, `TOKEN_COMMAND_EXPIRED`,
 * `TOKEN_LIFETIME_TOO_SHORT`, `TOKEN_AUDIENCE`, `TOKEN_SCOPE`.
 *
 * @throws FederateError (usage) at once `OPTION`, `OPTION_UNKNOWN`, and `TOKEN_COMMAND_MISSING` when no program is named.
 */
export function tokenCommand(options: TokenCommandOptions): TokenSource {
  const { command, timeout = 30, directory, now = Date.now } = checkedOptions(options)
  const [program, ...parameters] = command
  if (program === undefined || program === '') throw nothingToRun()
  const place: TokenPlace = {
    code: 'TOKEN_COMMAND',
    holder: `The output of ${program}`,
    token: `The token that ${program} printed`,
    writer: program,
    fixed: 'the command finds what is wanted in FEDERATE_AUDIENCE and FEDERATE_SCOPE',
  }
  const source: TokenSource = {
    getToken: async (request = {}) => {
      const { audience, scope = [], signal } = request
      const environment = { ...(options.environment ?? process.env) }
      environment['FEDERATE_AUDIENCE'] = audience
      environment['FEDERATE_SCOPE'] = scope.length === 0 ? undefined : scope.join(' ')
      const startedAt = now()
      const output = await runProgram({ program, parameters, timeout, directory, environment, signal })
      const token = readPrintedToken(place, output, startedAt, now)
      checkWish(place, token, request, now)
      return token
    },
  }
  return keepFresh(source, { ...options.freshness, now, timeout: timeout + 1 })
}

const names = Object.keys({
  ...{ command: true, timeout: true, directory: true, environment: true, now: true, freshness: true },
} satisfies Record<keyof TokenCommandOptions, true>)

function checkedOptions(options: TokenCommandOptions): TokenCommandOptions {
  const place = optionsOf('tokenCommand')
  const { command, timeout, directory, environment, freshness } = place.object(options, names)
  checkCommand(command, place.at('command'))
  if (timeout !== undefined) place.at('timeout').number(timeout, timeoutRange)
  if (directory !== undefined) place.at('directory').text(directory)
  if (environment !== undefined) checkEnvironment(environment, place.at('environment'))
  place.functions(options, ['now'])
  checkFreshness(freshness, place.at('freshness'))
  return options
}

/** An argument may be an empty text. */
function checkCommand(command: readonly string[], place: OptionPlace): void {
  const next = 'Give a list: the program, then each of its arguments.'
  if (!Array.isArray(command)) throw place.wrong(command, 'a list of texts', { next })
  Array.from(command, (one: unknown, index) => one === '' || place.at(index).text(one))
}

function nothingToRun(): FederateError {
  return new FederateError({
    code: 'TOKEN_COMMAND_MISSING',
    outcome: 'usage',
    problem: 'The command that prints the token is empty.',
    next: 'Give a list: the program, then each of its arguments.',
  })
}
