import { FederateError, type HttpAnswer, type Outcome, redactText } from '@federate/core'
import { isSandbox, sandboxHasNoAdmin } from './sandbox.ts'

/** One call of the Admin API, as messages name it. */
export interface AdminCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below the realm: `/clients/…`. */
  readonly path: string
}

/** Keycloak's own words for what it refused, whichever of its three forms they have. */
function keycloakMessage(answer: HttpAnswer): string {
  const fields = fieldsOf(answer.body)
  const said = [fields['errorMessage'], fields['error_description'], fields['error']].find(
    (text) => typeof text === 'string',
  )
  return typeof said === 'string' ? redactText(said.slice(0, 300)).replace(/\.$/, '') : '(no message)'
}

/** What the roles of the client `realm-management` are called after, by the beginning of the path. */
const areas: readonly (readonly [RegExp, string])[] = [
  // Whoever administers anything may see the realm itself: who may not has no role at all, and begins with this one.
  [/^$/, 'clients'],
  [/^\/users/, 'users'],
  // The list of those who have a role is one of users, whoever has the role.
  [/\/roles\/[^/]+\/users/, 'users'],
  // An example of a token is one of a user.
  [/\/evaluate-scopes\//, 'users'],
  // Letting a role of the realm into tokens is a matter of the realm, whatever client lets it in.
  [/\/scope-mappings\/realm/, 'realm'],
  [/^\/(clients|client-scopes|default-(default|optional)-client-scopes)/, 'clients'],
  [/^\/identity-provider/, 'identity-providers'],
]

/**
 * The role of the client `realm-management` that a call needs. Clients and scopes share their roles; a service
 * account's roles are those of a user.
 */
function neededRole({ method, path }: AdminCall): string {
  const area = areas.find(([pattern]) => pattern.test(path))?.[1] ?? 'realm'
  return `${method === 'GET' ? 'view' : 'manage'}-${area}`
}

/** What a refused call of the Admin API means. */
export function adminRefusal(call: AdminCall, realm: string, answer: HttpAnswer): FederateError {
  const said = `${call.method} ${answer.url} answered ${answer.status}: ${keycloakMessage(answer)}.`
  const details = { url: answer.url, method: call.method, status: answer.status }
  const failure = (code: string, outcome: Outcome, problem: string, next: string, more = {}) =>
    new FederateError({ code, outcome, problem, next, details: { ...details, ...more } })
  if (answer.status === 403) {
    const role = neededRole(call)
    const others =
      call.path === '' ? ', and view-users; to change anything, manage-clients and manage-users besides' : ''
    const next = `Give the administrator the role ${role} of the client realm-management in the realm ${realm}${others}.`
    return failure('KEYCLOAK_FORBIDDEN', 'refused', `The administrator may not do this. ${said}`, next, { role })
  }
  if (answer.status === 401) {
    const next = 'Check that the administrator still exists, and that the clocks agree.'
    return failure('KEYCLOAK_SESSION_REFUSED', 'refused', `Keycloak does not accept its own token. ${said}`, next)
  }
  if (answer.status === 404 && call.path === '') {
    const next = `Create the realm ${realm} first, or correct the issuer's url in federate.yaml; names are case-sensitive.`
    return failure('KEYCLOAK_REALM_MISSING', 'refused', `There is no realm ${realm}. ${said}`, next)
  }
  if (answer.status === 429 || answer.status >= 500) {
    const next = "Try again; if it persists, Keycloak's log says more."
    return failure('KEYCLOAK_UNAVAILABLE', 'unreachable', said, next, { transient: call.method === 'GET' })
  }
  const next = "Correct what Keycloak's message names, in federate.yaml or in the realm."
  return failure('KEYCLOAK_REFUSED', 'refused', said, next)
}

/** What a refused login of the administrator means. */
export function loginRefusal(who: string, realm: string, answer: HttpAnswer): FederateError {
  if (isSandbox(answer)) return sandboxHasNoAdmin(answer.url)
  const said = `${answer.url} answered ${answer.status}: ${keycloakMessage(answer)}.`
  const details = { url: answer.url, status: answer.status }
  if (answer.status === 404 || !answer.body.trimStart().startsWith('{')) {
    return new FederateError({
      code: 'KEYCLOAK_NOT_FOUND',
      outcome: 'unreachable',
      problem: `No Keycloak with a realm ${realm} is there: ${said}`,
      next: 'Check the url of the issuer in federate.yaml; where Keycloak is administered under another address, give that by --admin-url or FEDERATE_KEYCLOAK_URL. FEDERATE_KEYCLOAK_LOGIN_REALM names the realm in which the administrator logs in.',
      details,
    })
  }
  return new FederateError({
    code: 'KEYCLOAK_LOGIN_REFUSED',
    outcome: 'refused',
    problem: `Keycloak refused the administrator ${who} in the realm ${realm}. ${said}`,
    next: 'Check name and password or secret, and FEDERATE_KEYCLOAK_LOGIN_REALM: users log in to master, clients to the realm itself, unless it says otherwise.',
    details,
  })
}

function fieldsOf(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
