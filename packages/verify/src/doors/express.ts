import type { ServerResponse } from 'node:http'
import { createGate, type Gate } from '../gate.ts'
import type { GuardOptions } from '../options.ts'
import type { ClaimsOf, Requirement } from '../requirement.ts'
import type { VerifiedToken } from '../tokens/verified-token.ts'
import { type Incoming, isExchange, readIncoming, sendAnswer } from './incoming.ts'
import { checkCall, type Use } from './misuse.ts'

export { isText, requireClaim, requireClient, requireRole, requireScope } from '../requirements.ts'
export type { VerifiedToken } from '../tokens/verified-token.ts'

/** A middleware for Express, and for whatever else takes `(request, response, next)`. */
export interface ExpressGuard<Requirements extends readonly Requirement[]> {
  (request: Incoming, response: ServerResponse, next: (error?: unknown) => void): void
  /** The token of a request that has passed this guard, with the claims whose types it has made sure of. */
  token(request: Incoming): VerifiedToken<ClaimsOf<Requirements>>
  /** A guard with further requirements: what was verified on the way is not verified again. */
  and<const More extends readonly Requirement[]>(...more: More): ExpressGuard<readonly [...Requirements, ...More]>
}

/**
 * Lets requests pass that bring a token of a trusted issuer for this API, and answers the others by RFC 6750.
 *
 * ```ts
 * import express from 'express'
 * import { isText, requireClaim, requireScope, requireToken } from '@federate/verify/express'
 *
 * const app = express()
 * const guard = requireToken({ issuer: 'https://keycloak.example.com/realms/prod', audience: 'api://orders' })
 * const ofTenant = guard.and(requireScope('api://orders'), requireClaim('tenant_id', isText))
 * app.get('/orders', ofTenant, (request, response) => {
 *   response.json({ tenant: ofTenant.token(request).claims.tenant_id })
 * })
 * ```
 *
 * @throws FederateError (usage) those of `createVerifier`, `REQUIREMENT_INVALID`; the guard itself `GUARD_MISUSED`
 */
export function requireToken<const Requirements extends readonly Requirement[]>(
  options: GuardOptions,
  ...requirements: Requirements
): ExpressGuard<Requirements> {
  return guardOf(createGate(options, requirements))
}

const guardUse: Use = {
  expected: 'a request, a response and the function next',
  next: 'Hand the guard itself to Express: `app.use(guard)` or `app.get("/orders", guard.and(requireScope("read")), handler)`.',
}

function guardOf<Requirements extends readonly Requirement[]>(gate: Gate<Requirements>): ExpressGuard<Requirements> {
  const guard = (request: Incoming, response: ServerResponse, next: (error?: unknown) => void): void => {
    const fits = isExchange(request, response) && typeof next === 'function'
    checkCall(fits, [request, response, next], guardUse)
    gate.pass(request, readIncoming).then(({ answer }) => {
      if (answer === undefined) next()
      else sendAnswer(response, answer)
    }, next)
  }
  return Object.assign(guard, {
    token: (request: Incoming) => gate.token(request),
    and: <const More extends readonly Requirement[]>(...more: More) => guardOf(gate.and(...more)),
  })
}
