import type { ClientAuthentication, ClientProof } from './client-authentication.ts'
import { clockAhead, clockSentence } from './clock.ts'
import type { IssuerMetadata } from './discovery.ts'
import { FederateError } from './errors.ts'
import type { Fetch, Now } from './fetch.ts'
import { type HttpAnswer, sendRequest } from './http.ts'
import type { KeptMetadata } from './kept-metadata.ts'
import type { Token } from './token.ts'
import { readTokenAnswer } from './token-answer.ts'
import { tokenRefusal } from './token-refusal.ts'
import type { Seconds } from './units.ts'

export interface GrantContext {
  readonly issuer: string
  readonly clientId: string
  readonly auth: ClientAuthentication
  readonly metadata: KeptMetadata
  readonly fetch: Fetch
  readonly now: Now
  /** Seconds per request. */
  readonly timeout: Seconds
  readonly warn: (message: string) => void
}

type Parameters = Readonly<Record<string, string>>

/** One client at one token endpoint. Every `ask` is a request; nothing is kept but the metadata. */
export class ClientCredentialsGrant {
  readonly #context: GrantContext
  #warnedOfClock = false

  constructor(context: GrantContext) {
    this.#context = context
  }

  /** Asks for a token; once more if the client is refused and its secret or key has changed where it is kept. */
  async ask(parameters: Parameters, signal?: AbortSignal): Promise<Token> {
    try {
      return await this.#askOnce(parameters, signal)
    } catch (error) {
      if (!(error instanceof FederateError) || error.code !== 'ISSUER_REFUSED_CLIENT') throw error
      // That the issuer refused is what matters, even if the file is gone by now.
      const changed = await this.#context.auth.reload().catch(() => false)
      if (!changed) throw error
      return this.#askOnce(parameters, signal)
    }
  }

  async #askOnce(parameters: Parameters, signal?: AbortSignal): Promise<Token> {
    const metadata = await this.#context.metadata.get(signal)
    const proof = await this.#prove(metadata)
    const sentAt = this.#context.now()
    const answer = await this.#post(metadata, proof, parameters, signal)
    if (answer.status === 404) return this.#followMove(metadata, answer, parameters, signal)
    return this.#read(answer, proof, parameters, sentAt)
  }

  /** The endpoint is gone: the issuer may name another one by now. */
  async #followMove(
    old: IssuerMetadata,
    answer: HttpAnswer,
    parameters: Parameters,
    signal?: AbortSignal,
  ): Promise<Token> {
    this.#context.metadata.forget(old)
    const metadata = await this.#context.metadata.get(signal)
    const proof = await this.#prove(metadata)
    const sentAt = this.#context.now()
    const moved = metadata.tokenEndpoint !== old.tokenEndpoint
    const latest = moved ? await this.#post(metadata, proof, parameters, signal) : answer
    return this.#read(latest, proof, parameters, sentAt)
  }

  #prove({ issuer, tokenEndpoint }: IssuerMetadata): Promise<ClientProof> {
    const { auth, clientId, now } = this.#context
    return auth.authenticate({ clientId, issuer, tokenEndpoint, now })
  }

  #post(
    metadata: IssuerMetadata,
    proof: ClientProof,
    parameters: Parameters,
    signal?: AbortSignal,
  ): Promise<HttpAnswer> {
    const { fetch, timeout } = this.#context
    return sendRequest({
      fetch,
      timeout,
      signal,
      method: 'POST',
      url: metadata.tokenEndpoint,
      headers: proof.headers,
      form: { ...parameters, ...proof.parameters },
      maximumBytes: 256_000,
    })
  }

  #read(answer: HttpAnswer, proof: ClientProof, parameters: Parameters, sentAt: number): Token {
    const { auth, clientId, now } = this.#context
    if (answer.status !== 200) {
      throw tokenRefusal(
        answer,
        { clientId, method: auth.method, scope: parameters['scope'], secrets: proof.secrets },
        now,
      )
    }
    const token = readTokenAnswer(answer, sentAt, now)
    this.#warnOfClock(answer)
    return token
  }

  #warnOfClock(answer: HttpAnswer): void {
    const sentence = clockSentence(clockAhead(answer, this.#context.now))
    if (sentence === undefined || this.#warnedOfClock) return
    this.#warnedOfClock = true
    this.#context.warn(`${sentence} Set the clock by NTP: tokens and assertions are refused when clocks differ.`)
  }
}
