import {
  discoverForVerification,
  FederateError,
  type Fetch,
  jsonObject,
  type Now,
  RecentlyUsed,
  type Seconds,
  sendRequest,
} from '@federate/core'
import { invalidToken, Refusal, unavailable } from '../refusal.ts'
import type { CheckedIntrospection } from './options.ts'

export interface IntrospectorContext {
  readonly issuer: string
  readonly fetch: Fetch
  readonly now: Now
  readonly warn: (message: string) => void
}

/** Answers that are remembered; each holds a hash and two numbers. */
const rememberedAnswers = 10_000

interface Remembered {
  readonly active: boolean
  /** Milliseconds since the epoch. */
  readonly until: number
}

/** Asks the issuer whether tokens still hold (RFC 7662), once for all who wait for the same one. */
export class Introspector {
  readonly #options: CheckedIntrospection
  readonly #context: IntrospectorContext
  readonly #answers = new RecentlyUsed<Remembered>(rememberedAnswers)
  readonly #asking = new Map<string, Promise<boolean>>()
  #endpoint: string | undefined

  constructor(options: CheckedIntrospection, context: IntrospectorContext) {
    this.#options = options
    this.#context = context
    this.#endpoint = options.endpoint
  }

  /**
   * @param id what the token is remembered by
   * @throws Refusal `TOKEN_INACTIVE`; `INTROSPECTION_UNAVAILABLE` (503) where the issuer cannot be asked and that is not
   *   to be overlooked.
   */
  async check(id: string, token: string): Promise<void> {
    if (!(await this.#isActive(id, token))) throw inactive(this.#context.issuer)
  }

  async #isActive(id: string, token: string): Promise<boolean> {
    const known = this.#answers.get(id)
    if (known !== undefined && this.#context.now() < known.until) return known.active
    try {
      return await this.#askOnce(id, token)
    } catch (error) {
      const { onFailure } = this.#options
      const why = error instanceof FederateError ? error.problem : 'it failed in an unknown way.'
      const instead = onFailure === 'accept' ? 'the token is accepted by its signature alone' : 'the request is refused'
      this.#context.warn(`${this.#context.issuer} could not be asked whether a token holds, so ${instead}: ${why}`)
      if (onFailure === 'accept') return true
      throw cannotAsk(this.#context.issuer, error)
    }
  }

  #askOnce(id: string, token: string): Promise<boolean> {
    const asking = this.#asking.get(id)
    if (asking !== undefined) return asking
    const asked = this.#ask(token)
      .then((active) => {
        this.#answers.set(id, { active, until: this.#context.now() + this.#options.lifetime * 1000 })
        return active
      })
      .finally(() => this.#asking.delete(id))
    this.#asking.set(id, asked)
    return asked
  }

  async #ask(token: string): Promise<boolean> {
    const { issuer, fetch, now } = this.#context
    const { clientId, auth, timeout } = this.#options
    this.#endpoint ??= await this.#discover(timeout)
    const url = this.#endpoint
    const proof = await auth.authenticate({ clientId, issuer, tokenEndpoint: url, now })
    const answer = await sendRequest({
      ...{ fetch, timeout, method: 'POST', url, headers: proof.headers },
      form: { ...proof.parameters, token, token_type_hint: 'access_token' },
      secrets: [...proof.secrets, token],
      clientCertificate: proof.clientCertificate,
    })
    if (answer.status === 200) return jsonObject(answer)['active'] === true
    // Another secret may be there by now; the next request uses it.
    await auth.reload()
    throw refused(answer.url, answer.status, clientId)
  }

  async #discover(timeout: Seconds): Promise<string> {
    const { issuer, fetch } = this.#context
    const { introspectionEndpoint } = await discoverForVerification(issuer, { fetch, timeout })
    if (introspectionEndpoint !== undefined) return introspectionEndpoint
    throw new FederateError({
      code: 'INTROSPECTION_UNKNOWN',
      outcome: 'failed',
      problem: `The discovery document of ${issuer} names no introspection_endpoint, so it cannot be asked about its tokens.`,
      next: 'Leave introspection out, or give its address as `endpoint`.',
    })
  }
}

function inactive(issuer: string): Refusal {
  return new Refusal({
    code: 'TOKEN_INACTIVE',
    problem: `${issuer} says that the token does not hold any more, though its signature and its claims are right.`,
    next: 'Its client was revoked, or this API’s own client does not stand in the token’s aud, which Keycloak 26.7 asks for.',
    answer: invalidToken,
  })
}

function refused(url: string, status: number, clientId: string): FederateError {
  return new FederateError({
    code: 'INTROSPECTION_REFUSED',
    outcome: 'refused',
    problem: `${url} answered the client ${clientId} with status ${status}, where 200 was expected.`,
    next: 'Check that the client exists, is confidential, and that its secret is the current one.',
    details: { url, status, clientId },
  })
}

function cannotAsk(issuer: string, cause: unknown): Refusal {
  return new Refusal({
    code: 'INTROSPECTION_UNAVAILABLE',
    problem: `${issuer} could not be asked whether the token holds, and without its word none is accepted.`,
    next: 'Check that this host reaches the issuer and that the client of this API is right; `onFailure: "accept"` would let requests pass meanwhile.',
    answer: unavailable(1),
    cause,
  })
}
