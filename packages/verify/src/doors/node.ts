import type { IncomingMessage, ServerResponse } from 'node:http'
import { createGate, type Gate } from '../gate.ts'
import type { GuardOptions } from '../options.ts'
import type { ClaimsOf, Requirement } from '../requirement.ts'
import type { VerifiedToken } from '../tokens/verified-token.ts'
import { isExchange, readIncoming, sendAnswer } from './incoming.ts'
import { checkCall, isOneHandler, type Use } from './misuse.ts'

export { isText, requireClaim, requireClient, requireRole, requireScope } from '../requirements.ts'
export type { VerifiedToken } from '../tokens/verified-token.ts'

/** A request listener that also gets the verified token. */
export type GuardedListener<Claims extends object> = (
  request: IncomingMessage,
  response: ServerResponse,
  token: VerifiedToken<Claims>,
) => void

/** Puts a guard before a listener for `node:http`. */
export interface NodeGuard<Requirements extends readonly Requirement[]> {
  (listener: GuardedListener<ClaimsOf<Requirements>>): (request: IncomingMessage, response: ServerResponse) => void
  /** A guard with further requirements, for some of the paths. */
  and<const More extends readonly Requirement[]>(...more: More): NodeGuard<readonly [...Requirements, ...More]>
}

/**
 * Lets requests pass that bring a token of a trusted issuer for this API, and answers the others by RFC 6750.
 *
 * ```ts
 * import { createServer } from 'node:http'
 * import { requireScope, requireToken } from '@federate/verify/node'
 *
 * const options = { issuer: 'https://keycloak.example.com/realms/prod', audience: 'api://orders' }
 * const guard = requireToken(options, requireScope('api://orders'))
 * createServer(guard((request, response, token) => response.end(`Hello, ${token.clientId}`))).listen(8080)
 * ```
 *
 * @throws FederateError (usage) those of `createVerifier`, `REQUIREMENT_INVALID`; the guard itself `GUARD_MISUSED`
 */
export function requireToken<const Requirements extends readonly Requirement[]>(
  options: GuardOptions,
  ...requirements: Requirements
): NodeGuard<Requirements> {
  return guardOf(createGate(options, requirements))
}

const guardUse: Use = {
  expected: 'one function, the listener behind it',
  next: 'Put it before the listener: `createServer(guard((request, response, token) => response.end()))`; further requirements go into `guard.and(…)`.',
}

const listenerUse: Use = {
  expected: 'a request and a response of node:http',
  next: 'Hand `guard(listener)` itself to `createServer`, or call it with what `createServer` gives.',
}

function guardOf<Requirements extends readonly Requirement[]>(gate: Gate<Requirements>): NodeGuard<Requirements> {
  const guard = (listener: GuardedListener<ClaimsOf<Requirements>>, ...more: readonly unknown[]) => {
    checkCall(isOneHandler([listener, ...more]), [listener, ...more], guardUse)
    return (request: IncomingMessage, response: ServerResponse): void => {
      checkCall(isExchange(request, response), [request, response], listenerUse)
      const broken = () => void response.writeHead(500).end()
      gate.pass(request, readIncoming).then(({ token, answer }) => {
        if (answer === undefined) listener(request, response, token)
        else sendAnswer(response, answer)
      }, broken)
    }
  }
  return Object.assign(guard, {
    and: <const More extends readonly Requirement[]>(...more: More) => guardOf(gate.and(...more)),
  })
}
