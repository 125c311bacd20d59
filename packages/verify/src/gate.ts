import { FederateError } from '@federate/core'
import { type BearerRequest, bearerToken } from './bearer.ts'
import { type RefusalAnswer, refusalAnswer } from './challenge.ts'
import type { GuardOptions } from './options.ts'
import { Refusal } from './refusal.ts'
import { authorise, type ClaimsOf, type Requirement } from './requirements.ts'
import type { VerifiedToken } from './tokens/verified-token.ts'
import { createVerifier, type Verifier } from './verifier.ts'

/** What comes of a request at a gate. */
export type Passed<Claims extends object> =
  | { readonly token: VerifiedToken<Claims>; readonly answer?: undefined }
  | { readonly token?: undefined; readonly answer: RefusalAnswer }

interface Surroundings {
  readonly verifier: Verifier
  readonly options: GuardOptions
  /** The tokens of the requests that are under way. */
  readonly verified: WeakMap<object, VerifiedToken>
}

/** What all doors share: a request comes in, a verified token or an answer comes out. */
export class Gate<Requirements extends readonly Requirement[]> {
  readonly #surroundings: Surroundings
  readonly #requirements: Requirements

  constructor(surroundings: Surroundings, requirements: Requirements) {
    this.#surroundings = surroundings
    this.#requirements = requirements
  }

  /**
   * @param request the framework's object: a second gate on its way finds the token that the first one verified
   * @param read tells what the request carries
   */
  async pass<Request extends object>(
    request: Request,
    read: (request: Request) => BearerRequest,
  ): Promise<Passed<ClaimsOf<Requirements>>> {
    const { verifier, verified, options } = this.#surroundings
    try {
      const token = verified.get(request) ?? (await verifier.verify(bearerToken(read(request))))
      verified.set(request, token)
      return { token: authorise(token, ...this.#requirements) }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      options.onRefused?.(error)
      return { answer: refusalAnswer(error, options.realm ?? 'api') }
    }
  }

  /** The token of a request that has passed. */
  token(request: object): VerifiedToken<ClaimsOf<Requirements>> {
    const token = this.#surroundings.verified.get(request)
    if (token === undefined) throw notPassed()
    return authorise(token, ...this.#requirements)
  }

  and<const More extends readonly Requirement[]>(...more: More): Gate<readonly [...Requirements, ...More]> {
    return new Gate<readonly [...Requirements, ...More]>(this.#surroundings, [...this.#requirements, ...more])
  }
}

export function createGate<const Requirements extends readonly Requirement[]>(
  options: GuardOptions,
  requirements: Requirements,
): Gate<Requirements> {
  return new Gate({ verifier: createVerifier(options), options, verified: new WeakMap() }, requirements)
}

function notPassed(): FederateError {
  return new FederateError({
    code: 'REQUEST_NOT_VERIFIED',
    outcome: 'usage',
    problem: 'The token of a request was asked for that has not passed this guard.',
    next: 'Put the guard before the handler, on the same route or above it.',
  })
}
