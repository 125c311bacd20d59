import { createGate, type Gate } from '../gate.ts'
import type { GuardOptions } from '../options.ts'
import type { ClaimsOf, Requirement } from '../requirement.ts'
import type { VerifiedToken } from '../tokens/verified-token.ts'
import { type Incoming, isIncoming, readIncoming } from './incoming.ts'
import { checkCall, hasMethod, type Use } from './misuse.ts'

export { isText, requireClaim, requireClient, requireRole, requireScope } from '../requirements.ts'
export type { VerifiedToken } from '../tokens/verified-token.ts'

/** What of Fastify's request matters. */
export interface FastifyRequestLike {
  readonly raw: Incoming
}

/** What of Fastify's reply matters. */
export interface FastifyReplyLike {
  readonly sent?: boolean
  code(status: number): FastifyReplyLike
  headers(values: Readonly<Record<string, string>>): FastifyReplyLike
  send(body: string): FastifyReplyLike
}

/** A hook for Fastify: `onRequest`, `preValidation` or `preHandler`. */
export interface FastifyGuard<Requirements extends readonly Requirement[]> {
  (request: FastifyRequestLike, reply: FastifyReplyLike): Promise<unknown>
  /** The token of a request that has passed this guard, with the claims whose types it has made sure of. */
  token(request: FastifyRequestLike): VerifiedToken<ClaimsOf<Requirements>>
  /** A guard with further requirements: what was verified on the way is not verified again. */
  and<const More extends readonly Requirement[]>(...more: More): FastifyGuard<readonly [...Requirements, ...More]>
}

/**
 * Lets requests pass that bring a token of a trusted issuer for this API, and answers the others by RFC 6750.
 *
 * ```ts
 * import fastify from 'fastify'
 * import { requireRole, requireToken } from '@federate/verify/fastify'
 *
 * const app = fastify()
 * const guard = requireToken({ issuer: 'https://keycloak.example.com/realms/prod', audience: 'api://orders' })
 * const readers = guard.and(requireRole('reader', { client: 'api://orders' }))
 * app.get('/orders', { onRequest: readers }, async (request) => ({ client: readers.token(request).clientId }))
 * ```
 *
 * @throws FederateError (usage) those of `createVerifier`, `REQUIREMENT_INVALID`; the guard itself `GUARD_MISUSED`
 */
export function requireToken<const Requirements extends readonly Requirement[]>(
  options: GuardOptions,
  ...requirements: Requirements
): FastifyGuard<Requirements> {
  return guardOf(createGate(options, requirements))
}

/**
 * Whether a hook runs before the handler: such get nothing but the function that goes on, and the reply is not sent yet.
 * `onSend` and the like get a payload; they are too late, and what they send would call them again.
 */
function comesBeforeHandler(reply: FastifyReplyLike, [next]: readonly unknown[]): boolean {
  return (next === undefined || typeof next === 'function') && reply.sent !== true
}

const guardUse: Use = {
  expected: 'a request and a reply of Fastify, before its handler',
  next: 'Hand the guard itself to Fastify: `app.addHook("onRequest", guard)` or `{ onRequest: guard.and(requireScope("read")) }`.',
}

function guardOf<Requirements extends readonly Requirement[]>(gate: Gate<Requirements>): FastifyGuard<Requirements> {
  const pass = async (request: FastifyRequestLike, reply: FastifyReplyLike): Promise<unknown> => {
    const { answer } = await gate.pass(request.raw, readIncoming)
    return answer === undefined ? undefined : reply.code(answer.status).headers(answer.headers).send(answer.body)
  }
  // Not async itself: what it throws is to be seen where nobody waits for it, too.
  const guard = (
    request: FastifyRequestLike,
    reply: FastifyReplyLike,
    ...more: readonly unknown[]
  ): Promise<unknown> => {
    const given = [request, reply, ...more]
    checkCall(isIncoming(request?.raw) && hasMethod(reply, 'code'), given, guardUse)
    checkCall(comesBeforeHandler(reply, more), given, guardUse)
    return pass(request, reply)
  }
  return Object.assign(guard, {
    token: (request: FastifyRequestLike) => gate.token(request.raw),
    and: <const More extends readonly Requirement[]>(...more: More) => guardOf(gate.and(...more)),
  })
}
