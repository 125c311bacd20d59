import type { ClientAuthentication, ClientProof } from '../authentication/client-authentication.ts'
import { clockAhead, clockSentence } from '../clock.ts'
import { FederateError } from '../errors.ts'
import type { IssuerMetadata } from '../issuer/discovery.ts'
import type { KeptMetadata } from '../issuer/kept-metadata.ts'
import type { Fetch, Now } from '../network/fetch.ts'
import { type HttpAnswer, sendRequest } from '../network/http.ts'
import type { Seconds } from '../units.ts'
import type { Token } from './token.ts'
import { type RefreshToken, readRefreshToken, readTokenAnswer } from './token-answer.ts'
import { tokenRefusal } from './token-refusal.ts'

export interface ClientContext {
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

export type FormParameters = Readonly<Record<string, string>>

export interface IssuedTokens {
  readonly token: Token
  readonly refresh?: RefreshToken
}

/** One client at an issuer's endpoints, which it finds by discovery. Every call is a request; only the metadata is kept. */
export class TokenEndpoint {
  readonly #context: ClientContext
  #warnedOfClock = false
  #warnedOfHost = false

  constructor(context: ClientContext) {
    this.#context = context
  }

  /** @param secrets what of the parameters no message may repeat */
  async ask(parameters: FormParameters, signal?: AbortSignal, secrets: readonly string[] = []): Promise<IssuedTokens> {
    const metadata = await this.#context.metadata.get(signal)
    const first = await this.#request(metadata, parameters, signal, secrets)
    if (first.answer.status !== 404) return this.#read(first, parameters)
    // The endpoint is gone: the issuer may name another one by now.
    this.#context.metadata.forget(metadata)
    const latest = await this.#context.metadata.get(signal)
    if (latest.tokenEndpoint === metadata.tokenEndpoint) return this.#read(first, parameters)
    return this.#read(await this.#request(latest, parameters, signal, secrets), parameters)
  }

  /** A request to another of the issuer's endpoints with the same proof. `secrets`: what no message may repeat. */
  async post(endpoint: string, parameters: FormParameters, token: string, signal?: AbortSignal): Promise<Posted> {
    const metadata = await this.#context.metadata.get(signal)
    const proof = await this.#prove(metadata)
    const secrets = [...proof.secrets, token]
    const address = addressFor(metadata, endpoint, proof)
    return { answer: await this.#post(address, { ...proof, secrets }, parameters, signal), secrets }
  }

  async #request(
    metadata: IssuerMetadata,
    parameters: FormParameters,
    signal: AbortSignal | undefined,
    secrets: readonly string[],
  ): Promise<Sent> {
    const proof = await this.#prove(metadata)
    const sentAt = this.#context.now()
    const endpoint = addressFor(metadata, metadata.tokenEndpoint, proof)
    const all = [...proof.secrets, ...secrets]
    this.#warnOfHost(metadata.issuer, endpoint)
    const answer = await this.#post(endpoint, { ...proof, secrets: all }, parameters, signal)
    return { answer, sentAt, secrets: all }
  }

  #prove(metadata: IssuerMetadata): Promise<ClientProof> {
    const { auth, clientId, now } = this.#context
    return auth.authenticate({ clientId, issuer: metadata.issuer, tokenEndpoint: metadata.tokenEndpoint, now })
  }

  #post(url: string, proof: ClientProof, parameters: FormParameters, signal?: AbortSignal): Promise<HttpAnswer> {
    const { fetch, timeout } = this.#context
    return sendRequest({
      fetch,
      timeout,
      signal,
      method: 'POST',
      url,
      headers: proof.headers,
      form: { ...parameters, ...proof.parameters },
      clientCertificate: proof.clientCertificate,
      secrets: proof.secrets,
      maximumBytes: 256_000,
    })
  }

  #read({ answer, sentAt, secrets }: Sent, parameters: FormParameters): IssuedTokens {
    const { auth, clientId, now } = this.#context
    if (answer.status !== 200) {
      throw tokenRefusal(answer, { clientId, method: auth.method, scope: parameters['scope'], secrets }, now)
    }
    const token = readTokenAnswer(answer, sentAt, now)
    const refresh = readRefreshToken(answer, sentAt)
    this.#warnOfClock(answer)
    return { token, ...(refresh === undefined ? {} : { refresh }) }
  }

  /** Both specifications allow it and some issuers do it; somebody who changed the document would do it, too. */
  #warnOfHost(issuer: string, endpoint: string): void {
    const [own, other] = [new URL(issuer).hostname, new URL(endpoint).hostname]
    if (own === other || this.#warnedOfHost) return
    this.#warnedOfHost = true
    this.#context.warn(
      `The issuer ${issuer} names a token endpoint on another host, ${other}: the proof of the client "${this.#context.clientId}" goes there.`,
    )
  }

  #warnOfClock(answer: HttpAnswer): void {
    const sentence = clockSentence(clockAhead(answer, this.#context.now))
    if (sentence === undefined || this.#warnedOfClock) return
    this.#warnedOfClock = true
    this.#context.warn(`${sentence} Set the clock by NTP: tokens and assertions are refused when clocks differ.`)
  }
}

/** @throws FederateError `TLS_NEEDED` (usage) for a certificate that cannot be presented there. */
function addressFor(metadata: IssuerMetadata, endpoint: string, { clientCertificate }: ClientProof): string {
  if (clientCertificate === undefined) return endpoint
  const address = metadata.mtlsAliases[endpoint] ?? endpoint
  if (address.startsWith('https:')) return address
  throw new FederateError({
    code: 'TLS_NEEDED',
    outcome: 'usage',
    problem: `The endpoint ${address} has no TLS, so no client certificate can be presented to it.`,
    next: 'Give the issuer URL with https, or choose another way for the client to prove itself.',
  })
}

interface Posted {
  readonly answer: HttpAnswer
  readonly secrets: readonly string[]
}

interface Sent extends Posted {
  /** Milliseconds since the epoch. */
  readonly sentAt: number
}
