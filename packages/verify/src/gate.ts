import { FederateError } from '@federate/core'
import { authorised, checkRequirements } from './authorise.ts'
import { type BearerRequest, bearerToken } from './bearer.ts'
import { type RefusalAnswer, refusalAnswer } from './challenge.ts'
import type { DoorSettings, GuardOptions } from './options.ts'
import { Refusal } from './refusal.ts'
import type { ClaimsOf, Requirement } from './requirement.ts'
import type { VerifiedToken } from './tokens/verified-token.ts'
import { createVerifierBehind, type Verifier } from './verifier.ts'
import { verifierOptions } from './verifier-option.ts'

/** What comes of a request at a gate. */
export type Passed<Claims extends object> =
  | { readonly token: VerifiedToken<Claims>; readonly answer?: undefined }
  | { readonly token?: undefined; readonly answer: RefusalAnswer }

interface Surroundings {
  readonly verifier: Verifier
  readonly realm: string
  readonly onRefused: (refusal: Refusal) => void
  /** The tokens of the requests that are under way. */
  readonly verified: WeakMap<object, VerifiedToken>
}

/** What all doors share: a request comes in, a verified token or an answer comes out. */
export class Gate<Requirements extends readonly Requirement[]> {
  readonly #surroundings: Surroundings
  readonly #requirements: Requirements

  constructor(surroundings: Surroundings, requirements: Requirements) {
    checkRequirements(requirements)
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
    const { verifier, verified, realm, onRefused } = this.#surroundings
    try {
      const token = verified.get(request) ?? (await verifier.verify(bearerToken(read(request))))
      verified.set(request, token)
      return { token: authorised(token, this.#requirements) }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error instanceof Error ? error : brokenOff(error)
      onRefused(error)
      return { answer: refusalAnswer(error, realm) }
    }
  }

  /** The token of a request that has passed. */
  token(request: object): VerifiedToken<ClaimsOf<Requirements>> {
    const token = this.#surroundings.verified.get(request)
    if (token === undefined) throw notPassed()
    return authorised(token, this.#requirements)
  }

  and<const More extends readonly Requirement[]>(...more: More): Gate<readonly [...Requirements, ...More]> {
    return new Gate<readonly [...Requirements, ...More]>(this.#surroundings, [...this.#requirements, ...more])
  }
}

const doorNames = Object.keys({ realm: true, onRefused: true } satisfies Record<keyof DoorSettings, true>)

/** @throws FederateError (usage) those of `createVerifier`, and `REQUIREMENT_INVALID`. */
export function createGate<const Requirements extends readonly Requirement[]>(
  options: GuardOptions,
  requirements: Requirements,
): Gate<Requirements> {
  const verifier = createVerifierBehind(doorNames, options)
  const { realm = 'api', onRefused = () => {} } = options
  const verified = new WeakMap<object, VerifiedToken>()
  const surroundings = {
    verifier,
    verified,
    realm: realmOf(realm),
    onRefused: verifierOptions.at('onRefused').function(onRefused),
  }
  return new Gate(surroundings, requirements)
}

/** It stands in a header, and no header holds other characters (RFC 9110 section 5.6.4). */
function realmOf(realm: string): string {
  if (typeof realm === 'string' && /^[\x20-\x7e]+$/.test(realm)) return realm
  throw verifierOptions.at('realm').wrong(realm, 'a text of ASCII letters, digits, signs and spaces')
}

/** To frameworks an error that is none means that all is well: Express goes on at `next(undefined)`. */
function brokenOff(cause: unknown): FederateError {
  return new FederateError({
    code: 'GUARD_BROKEN_OFF',
    outcome: 'failed',
    problem: 'A requirement, or what is told of refusals, threw something that is no Error.',
    next: 'Look at the cause, and throw an Error there.',
    cause: cause ?? 'nothing',
  })
}

function notPassed(): FederateError {
  return new FederateError({
    code: 'REQUEST_NOT_VERIFIED',
    outcome: 'usage',
    problem: 'The token of a request was asked for that has not passed this guard.',
    next: 'Put the guard before the handler, on the same route or above it.',
  })
}
