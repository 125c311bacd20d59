import type { MiddlewareHandler } from 'hono'
import { createGate, type Gate } from '../gate.ts'
import type { GuardOptions } from '../options.ts'
import type { ClaimsOf, Requirement } from '../requirement.ts'
import type { VerifiedToken } from '../tokens/verified-token.ts'
import { readRequest, responseOf } from './fetch.ts'
import { checkCall, hasMethod, type Use } from './misuse.ts'

export { isText, requireClaim, requireClient, requireRole, requireScope } from '../requirements.ts'
export type { VerifiedToken } from '../tokens/verified-token.ts'

/** What the guard brings into Hono's context: `context.var.token`. */
export interface TokenVariables<Claims extends object = object> {
  Variables: { token: VerifiedToken<Claims> }
}

/** A middleware for Hono. */
export interface HonoGuard<Requirements extends readonly Requirement[]>
  extends MiddlewareHandler<TokenVariables<ClaimsOf<Requirements>>> {
  /** A guard with further requirements: what was verified on the way is not verified again. */
  and<const More extends readonly Requirement[]>(...more: More): HonoGuard<readonly [...Requirements, ...More]>
}

/**
 * Lets requests pass that bring a token of a trusted issuer for this API, and answers the others by RFC 6750.
 *
 * ```ts
 * import { Hono } from 'hono'
 * import { isText, requireClaim, requireToken } from '@federate/verify/hono'
 *
 * const app = new Hono()
 * const guard = requireToken({ issuer: 'https://keycloak.example.com/realms/prod', audience: 'api://orders' })
 * app.get('/orders', guard.and(requireClaim('tenant_id', isText)), (context) =>
 *   context.json({ tenant: context.var.token.claims.tenant_id }),
 * )
 * ```
 *
 * @throws FederateError (usage) those of `createVerifier`, `REQUIREMENT_INVALID`; the guard itself `GUARD_MISUSED`
 */
export function requireToken<const Requirements extends readonly Requirement[]>(
  options: GuardOptions,
  ...requirements: Requirements
): HonoGuard<Requirements> {
  return guardOf(createGate(options, requirements))
}

const guardUse: Use = {
  expected: 'a context of Hono and the function next',
  next: 'Hand the guard itself to Hono: `app.use(guard)` or `app.get("/orders", guard.and(requireScope("read")), handler)`.',
}

function guardOf<Requirements extends readonly Requirement[]>(gate: Gate<Requirements>): HonoGuard<Requirements> {
  const pass: MiddlewareHandler<TokenVariables<ClaimsOf<Requirements>>> = async (context, next) => {
    const { token, answer } = await gate.pass(context.req.raw, readRequest)
    if (answer !== undefined) return responseOf(answer)
    context.set('token', token)
    return next()
  }
  // Not async itself: what it throws is to be seen where nobody waits for it, too.
  const guard: typeof pass = (context, next) => {
    checkCall(hasMethod(context?.req?.raw?.headers, 'get') && typeof next === 'function', [context, next], guardUse)
    return pass(context, next)
  }
  return Object.assign(guard, {
    and: <const More extends readonly Requirement[]>(...more: More) => guardOf(gate.and(...more)),
  })
}
