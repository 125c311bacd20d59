import type { BearerRequest } from '../bearer.ts'
import type { RefusalAnswer } from '../challenge.ts'
import { createGate, type Gate } from '../gate.ts'
import type { GuardOptions } from '../options.ts'
import type { ClaimsOf, Requirement } from '../requirement.ts'
import type { VerifiedToken } from '../tokens/verified-token.ts'
import { checkCall, isOneHandler, type Use } from './misuse.ts'

export { isText, requireClaim, requireClient, requireRole, requireScope } from '../requirements.ts'
export type { VerifiedToken } from '../tokens/verified-token.ts'

/** A handler of fetch-style servers that also gets the verified token, and whatever else the server hands over. */
export type GuardedHandler<Claims extends object, More extends readonly unknown[]> = (
  request: Request,
  token: VerifiedToken<Claims>,
  ...more: More
) => Response | Promise<Response>

/** Puts a guard before a handler that maps a `Request` to a `Response`. */
export interface FetchGuard<Requirements extends readonly Requirement[]> {
  <More extends readonly unknown[]>(
    handler: GuardedHandler<ClaimsOf<Requirements>, More>,
  ): (request: Request, ...more: More) => Promise<Response>
  /** A guard with further requirements, for some of the paths. */
  and<const More extends readonly Requirement[]>(...more: More): FetchGuard<readonly [...Requirements, ...More]>
}

/**
 * Lets requests pass that bring a token of a trusted issuer for this API, and answers the others by RFC 6750. Takes any
 * handler of the web's `Request` and `Response`, such as those of Next.js.
 *
 * ```ts
 * import { isText, requireClaim, requireToken } from '@federate/verify/fetch'
 *
 * const options = { issuer: 'https://keycloak.example.com/realms/prod', audience: 'api://orders' }
 * const guard = requireToken(options, requireClaim('tenant_id', isText))
 * export const GET = guard((request, token) => Response.json({ tenant: token.claims.tenant_id }))
 * ```
 *
 * @throws FederateError (usage) those of `createVerifier`, `REQUIREMENT_INVALID`; the guard itself `GUARD_MISUSED`
 */
export function requireToken<const Requirements extends readonly Requirement[]>(
  options: GuardOptions,
  ...requirements: Requirements
): FetchGuard<Requirements> {
  return guardOf(createGate(options, requirements))
}

const guardUse: Use = {
  expected: 'one function, the handler behind it',
  next: 'Put it before the handler: `guard((request, token) => Response.json({}))`; further requirements go into `guard.and(…)`.',
}

function guardOf<Requirements extends readonly Requirement[]>(gate: Gate<Requirements>): FetchGuard<Requirements> {
  const guard = <More extends readonly unknown[]>(
    handler: GuardedHandler<ClaimsOf<Requirements>, More>,
    ...others: readonly unknown[]
  ) => {
    checkCall(isOneHandler([handler, ...others]), [handler, ...others], guardUse)
    return async (request: Request, ...more: More): Promise<Response> => {
      const { token, answer } = await gate.pass(request, readRequest)
      return answer === undefined ? handler(request, token, ...more) : responseOf(answer)
    }
  }
  return Object.assign(guard, {
    and: <const More extends readonly Requirement[]>(...more: More) => guardOf(gate.and(...more)),
  })
}

/** Several headers come as one with commas, which no token has: such a request is refused as malformed. */
export function readRequest({ headers, url }: Request): BearerRequest {
  const header = headers.get('authorization')
  return { authorization: header === null ? [] : [header], url }
}

export function responseOf({ status, headers, body }: RefusalAnswer): Response {
  return new Response(body === '' ? null : body, { status, headers })
}
