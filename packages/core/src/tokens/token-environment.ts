import { checkEnvironment } from '../authentication/secret-options.ts'
import { FederateError } from '../errors.ts'
import type { Now } from '../network/fetch.ts'
import { optionsOf } from '../options/option-place.ts'
import { givenToken, type TokenPlace } from './given-token.ts'
import type { TokenSource } from './token-source.ts'

export interface TokenEnvironmentOptions {
  /** Name of the variable that holds the token. */
  readonly env: string
  /** Default: the process's environment. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined
  /** Default: `Date.now`. */
  readonly now?: Now
}

/**
 * Tokens from an environment variable, as CI systems hand them to a job (GitLab's `id_tokens`). It is read at every call;
 * audience and scopes that a caller wants are compared with the token's claims.
 *
 * @throws FederateError (usage) at once `OPTION`, `OPTION_UNKNOWN`. `getToken` throws `TOKEN_ENV_MISSING`, `TOKEN_ENV_EMPTY`, `TOKEN_ENV_NOT_A_JWT`, `TOKEN_ENV_NO_EXPIRY`,
 * `TOKEN_ENV_EXPIRED`, `TOKEN_LIFETIME_TOO_SHORT`, `TOKEN_AUDIENCE`, `TOKEN_SCOPE`.
 */
export function tokenEnvironment(options: TokenEnvironmentOptions): TokenSource {
  const own = optionsOf('tokenEnvironment')
  const { environment, ...checked } = own.object(options, ['env', 'environment', 'now'], 'Give { env: "ID_TOKEN" }.')
  const env = own.at('env').text(checked.env)
  const now = own.at('now').function(checked.now ?? Date.now)
  if (environment !== undefined) checkEnvironment(environment, own.at('environment'))
  const place: TokenPlace = {
    code: 'TOKEN_ENV',
    holder: `The environment variable ${env}`,
    token: `The token in the environment variable ${env}`,
    writer: 'what sets the variable',
    fixed: 'a variable cannot be asked for another one',
  }
  return {
    getToken: async (request = {}) => {
      request.signal?.throwIfAborted()
      const text = (environment ?? process.env)[env]
      if (text === undefined) throw missing(env)
      return givenToken(place, text.trim(), request, now)
    },
  }
}

function missing(env: string): FederateError {
  return new FederateError({
    code: 'TOKEN_ENV_MISSING',
    outcome: 'usage',
    problem: `The environment variable ${env}, which should hold the token, is not set.`,
    next: `Set ${env} in the environment of this process.`,
  })
}
