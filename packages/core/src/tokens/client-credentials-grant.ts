import type { ClientAuthentication } from '../authentication/client-authentication.ts'
import { FederateError } from '../errors.ts'
import { RecentlyUsed } from '../freshness/recently-used.ts'
import type { Now } from '../network/fetch.ts'
import type { Seconds } from '../units.ts'
import type { Token } from './token.ts'
import type { RefreshToken } from './token-answer.ts'
import type { FormParameters, IssuedTokens, TokenEndpoint } from './token-endpoint.ts'

export interface GrantContext {
  readonly endpoint: TokenEndpoint
  readonly auth: ClientAuthentication
  readonly now: Now
}

/** With less than this left, a refresh token is not tried any more. */
const refreshMargin: Seconds = 10
const maximumSessions = 1000

/**
 * The client credentials grant. RFC 6749 section 4.4.3 wants no refresh token with it; Keycloak sends one if it is told to.
 * It is used while it lives, so that one session at the issuer serves; then, or when it is refused, the grant comes again.
 */
export class ClientCredentialsGrant {
  readonly #context: GrantContext
  /** How often secret or key were found to be others than before. */
  #changes = 0
  readonly #sessions = new RecentlyUsed<RefreshToken>(maximumSessions)

  constructor(context: GrantContext) {
    this.#context = context
  }

  /** Asks for a token; once more if the client is refused and its secret or key has changed where it is kept. */
  async ask(parameters: FormParameters, signal?: AbortSignal): Promise<Token> {
    const changes = this.#changes
    try {
      return await this.#askOnce(parameters, signal)
    } catch (error) {
      if (!(error instanceof FederateError) || error.code !== 'ISSUER_REFUSED_CLIENT') throw error
      // That the issuer refused is what matters, even if the file is gone by now.
      if (await this.#context.auth.reload().catch(() => false)) this.#changes++
      // Another caller may have found the change while this one's request was under way.
      if (this.#changes === changes) throw error
      return this.#askOnce(parameters, signal)
    }
  }

  /** The refresh tokens that are held; they are not used any more. */
  takeSessions(): readonly RefreshToken[] {
    const sessions = this.#sessions.values()
    this.#sessions.clear()
    return sessions
  }

  async #askOnce(parameters: FormParameters, signal?: AbortSignal): Promise<Token> {
    const key = JSON.stringify(Object.entries(parameters).sort())
    const issued = (await this.#refresh(key, signal)) ?? (await this.#context.endpoint.ask(parameters, signal))
    if (issued.refresh !== undefined) this.#sessions.set(key, issued.refresh)
    return issued.token
  }

  async #refresh(key: string, signal?: AbortSignal): Promise<IssuedTokens | undefined> {
    const session = this.#sessions.get(key)
    if (session === undefined) return undefined
    const until = session.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY
    if (until <= this.#context.now() + refreshMargin * 1000) {
      this.#sessions.delete(key)
      return undefined
    }
    const refresh = session.reveal()
    const parameters = { grant_type: 'refresh_token', refresh_token: refresh }
    try {
      return await this.#context.endpoint.ask(parameters, signal, [refresh])
    } catch (error) {
      if (!(error instanceof FederateError) || !sessionEnded.has(error.code)) throw error
      this.#sessions.delete(key)
      return undefined
    }
  }
}

const sessionEnded: ReadonlySet<string> = new Set(['ISSUER_REFUSED', 'ISSUER_REFUSED_SCOPE'])
