import { type Fetch, type Now, sendRequest, tryJsonObject } from '@federate/core'
import type { AdminLogin } from './access.ts'
import { loginRefusal } from './errors.ts'

export interface SessionContext {
  readonly base: string
  readonly login: AdminLogin
  readonly fetch: Fetch
  readonly now: Now
}

interface AccessToken {
  readonly value: string
  /** Milliseconds since the epoch from which it is not used any more. */
  readonly until: number
}

/** Seconds for a login: passwords are hashed slowly on purpose, and a busy server takes its time. */
const timeout = 30

/** Milliseconds before its end in which a token is no longer used; an administrator's lives for a minute. */
const margin = 15_000

/** The administrator's access token, asked for again before it ends. Callers at the same time share one request. */
export class AdminSession {
  readonly #context: SessionContext
  #held: AccessToken | undefined
  #pending: Promise<AccessToken> | undefined

  constructor(context: SessionContext) {
    this.#context = context
  }

  async accessToken(signal: AbortSignal): Promise<string> {
    const held = this.#held
    if (held !== undefined && held.until > this.#context.now()) return held.value
    this.#pending ??= this.#login(signal).finally(() => {
      this.#pending = undefined
    })
    this.#held = await this.#pending
    return this.#held.value
  }

  /** The server no longer accepts the token: the next call asks for another. */
  forget(): void {
    this.#held = undefined
  }

  async #login(signal: AbortSignal): Promise<AccessToken> {
    const { base, login, fetch, now } = this.#context
    const issuer = `${base}/realms/${encodeURIComponent(login.realm)}`
    const url = `${issuer}/protocol/openid-connect/token`
    const proof = await proofOf(login, await this.#issuerName(issuer, signal), url, now)
    const sentAt = now()
    const answer = await sendRequest({
      fetch,
      signal,
      method: 'POST',
      url,
      headers: proof.headers,
      form: proof.form,
      timeout,
    })
    const who = login.kind === 'password' ? login.username : login.clientId
    if (answer.status !== 200) throw loginRefusal(who, login.realm, answer)
    const { access_token: value, expires_in: seconds } = tryJsonObject(answer) ?? {}
    if (typeof value !== 'string' || typeof seconds !== 'number') throw loginRefusal(who, login.realm, answer)
    return { value, until: sentAt + Math.max(seconds * 1000 - margin, 1000) }
  }

  /** What the realm calls itself, which assertions are for: behind another name than it is administered under. */
  async #issuerName(address: string, signal: AbortSignal): Promise<string> {
    const { login, fetch } = this.#context
    if (login.kind === 'password' || login.auth.method !== 'private_key_jwt') return address
    const url = `${address}/.well-known/openid-configuration`
    const answer = await sendRequest({ fetch, signal, method: 'GET', url })
    const { issuer } = tryJsonObject(answer) ?? {}
    if (answer.status !== 200 || typeof issuer !== 'string') throw loginRefusal(login.clientId, login.realm, answer)
    return issuer
  }
}

async function proofOf(login: AdminLogin, issuer: string, tokenEndpoint: string, now: Now) {
  if (login.kind === 'password') {
    const { username } = login
    return {
      headers: {},
      form: { grant_type: 'password', client_id: 'admin-cli', username, password: login.password() },
    }
  }
  const { clientId } = login
  const { headers, parameters } = await login.auth.authenticate({ clientId, issuer, tokenEndpoint, now })
  return { headers, form: { grant_type: 'client_credentials', ...parameters } }
}
