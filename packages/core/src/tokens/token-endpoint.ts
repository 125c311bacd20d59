import type { ClientAuthentication, ClientProof } from '../authentication/client-authentication.ts'
import { clockAhead, clockSentence } from '../clock.ts'
import { FederateError } from '../errors.ts'
import type { IssuerMetadata } from '../issuer/discovery.ts'
import { issuerMismatch } from '../issuer/issuer-mismatch.ts'
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
  /** Where the kind of the issuer says that it gives tokens. Default: where its metadata says. */
  readonly tokenEndpoint?: string
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

/** What of an issuer's metadata a request for a token needs. */
type Place = Pick<IssuerMetadata, 'issuer' | 'tokenEndpoint' | 'mtlsAliases'>

/**
 * One client at an issuer's endpoints, which it knows by the issuer's kind or finds by discovery. Every call is a request;
 * only the metadata is kept.
 */
export class TokenEndpoint {
  readonly #context: ClientContext
  /** By the issuer's kind; nothing once the issuer was found to name another. */
  #presumed: Place | undefined
  #warnedOfClock = false
  #warnedOfHost = false

  constructor(context: ClientContext) {
    this.#context = context
    const { issuer, tokenEndpoint } = context
    this.#presumed = tokenEndpoint === undefined ? undefined : { issuer, tokenEndpoint, mtlsAliases: {} }
  }

  /** @param secrets what of the parameters no message may repeat */
  async ask(parameters: FormParameters, signal?: AbortSignal, secrets: readonly string[] = []): Promise<IssuedTokens> {
    const presumed = this.#presumed
    const place = presumed ?? (await this.#context.metadata.get(signal))
    const sent = await this.#request(place, parameters, signal, secrets)
    try {
      const issued = this.#read(sent, parameters)
      if (presumed !== undefined) refuseOtherIssuer(issued.token, presumed)
      return issued
    } catch (error) {
      const latest = mayBeElsewhere(error, presumed !== undefined)
        ? await this.#latest(place, error, signal)
        : undefined
      if (latest === undefined || latest.tokenEndpoint === place.tokenEndpoint) throw error
      this.#presumed = undefined
      return this.#read(await this.#request(latest, parameters, signal, secrets), parameters)
    }
  }

  /** What the issuer says of itself now. Throws where that explains better why there was no token. */
  async #latest(place: Place, error: FederateError, signal: AbortSignal | undefined): Promise<Place | undefined> {
    const { metadata } = this.#context
    metadata.forget(place)
    try {
      return await metadata.get(signal)
    } catch (cause) {
      // Whoever knows the client is an issuer, even if its metadata cannot be had.
      const known = error.code === 'ISSUER_REFUSED_CLIENT' && signal?.aborted !== true
      if (!known || (cause instanceof FederateError && cause.code === 'ISSUER_MISMATCH')) throw cause
      return undefined
    }
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
    metadata: Place,
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

  #prove(metadata: Place): Promise<ClientProof> {
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

/** Nothing is there; and at an endpoint that is only presumed, it may be another issuer that refuses a client, or no issuer. */
function mayBeElsewhere(error: unknown, presumed: boolean): error is FederateError {
  if (!(error instanceof FederateError)) return false
  if (error.code === 'ISSUER_NOT_FOUND') return true
  return presumed && (error.code === 'ISSUER_REFUSED_CLIENT' || error.code === 'ISSUER_NOT_JSON')
}

/** @throws FederateError `ISSUER_MISMATCH` (refused) for a token of an issuer that answers under this name, too. */
function refuseOtherIssuer({ claims }: Token, { issuer, tokenEndpoint }: Place): void {
  const stated = claims?.['iss']
  if (stated !== undefined && stated !== issuer) throw issuerMismatch(issuer, stated, `the token from ${tokenEndpoint}`)
}

/** @throws FederateError `TLS_NEEDED` (usage) for a certificate that cannot be presented there. */
function addressFor(metadata: Place, endpoint: string, { clientCertificate }: ClientProof): string {
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
