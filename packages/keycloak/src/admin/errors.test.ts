import type { HttpAnswer } from '@federate/core'
import { describe, expect, it } from 'vitest'
import { type AdminCall, adminRefusal, loginRefusal } from './errors.ts'

function answer(status: number, body: string): HttpAnswer {
  return {
    peer: { prefix: 'ISSUER', name: 'the issuer' },
    url: 'https://keycloak.example.com/admin',
    status,
    body,
    header: () => undefined,
  }
}

describe('adminRefusal', () => {
  it.each<[AdminCall, string]>([
    [{ method: 'GET', path: '/clients?first=0' }, 'view-clients'],
    [{ method: 'PUT', path: '/client-scopes/1' }, 'manage-clients'],
    [{ method: 'POST', path: '/users/1/role-mappings/clients/2' }, 'manage-users'],
    [{ method: 'GET', path: '' }, 'view-clients'],
    [{ method: 'GET', path: '/default-default-client-scopes' }, 'view-clients'],
    [{ method: 'GET', path: '/clients/1/evaluate-scopes/generate-example-access-token?scope=' }, 'view-users'],
    [{ method: 'GET', path: '/roles?first=0' }, 'view-realm'],
    [{ method: 'GET', path: '/clients/1/roles/a%20role/users?first=0' }, 'view-users'],
    [{ method: 'POST', path: '/clients/1/scope-mappings/realm' }, 'manage-realm'],
    [{ method: 'POST', path: '/clients/1/scope-mappings/clients/2' }, 'manage-clients'],
    [{ method: 'GET', path: '/identity-provider/instances/a' }, 'view-identity-providers'],
  ])('names the role that %o needs', (call, role) => {
    const error = adminRefusal(call, 'prod', answer(403, '{"error":"HTTP 403 Forbidden"}'))
    expect(error).toMatchObject({ code: 'KEYCLOAK_FORBIDDEN', outcome: 'refused', details: { role } })
    expect(error.next).toContain(`the role ${role} of the client realm-management in the realm prod`)
  })

  it('names the whole set to an administrator who has no role at all', () => {
    const { next } = adminRefusal({ method: 'GET', path: '' }, 'prod', answer(403, '{}'))
    expect(next).toBe(
      'Give the administrator the role view-clients of the client realm-management in the realm prod, and view-users; to change anything, manage-clients and manage-users besides.',
    )
  })

  it("repeats Keycloak's words, whichever form they have", () => {
    const call: AdminCall = { method: 'POST', path: '/clients' }
    const said = (body: string) => adminRefusal(call, 'prod', answer(409, body)).problem
    expect(said('{"errorMessage":"Client billing already exists"}')).toBe(
      'POST https://keycloak.example.com/admin answered 409: Client billing already exists.',
    )
    expect(said('{"error":"unknown_error","error_description":"For more, see the log."}')).toContain('see the log.')
    expect(said('<html>')).toContain('(no message)')
    expect(said('null')).toContain('(no message)')
  })

  it('tells a missing realm from a missing object, and a server in trouble from both', () => {
    const codeOf = (path: string, status: number) =>
      adminRefusal({ method: 'GET', path }, 'prod', answer(status, '{}')).code
    expect(codeOf('', 404)).toBe('KEYCLOAK_REALM_MISSING')
    expect(codeOf('/clients/1', 404)).toBe('KEYCLOAK_REFUSED')
    expect(codeOf('/clients', 503)).toBe('KEYCLOAK_UNAVAILABLE')
    expect(codeOf('/clients', 401)).toBe('KEYCLOAK_SESSION_REFUSED')
  })
})

describe('loginRefusal', () => {
  it.each([404, 401])('knows the sandbox, whatever it answers: %i', (status) => {
    const header = (name: string) => (name === 'server' ? 'federate-sandbox' : undefined)
    const url = 'http://127.0.0.1:8180/realms/master/protocol/openid-connect/token'
    const error = loginRefusal('admin', 'master', {
      ...answer(status, '{"error":"Realm does not exist"}'),
      url,
      header,
    })
    expect(error).toMatchObject({ code: 'KEYCLOAK_IS_SANDBOX', outcome: 'usage' })
    expect(error.message).toBe(
      "http://127.0.0.1:8180 is the sandbox of federate, which plays a realm's tokens and keys and has no Admin API. There is nothing to set up in it: its realm is made from federate.yaml when it starts, so change that file and start it again. `federate setup keycloak` and `federate keys` need a real Keycloak.",
    )
  })

  it('tells wrong credentials from a server that is no Keycloak', () => {
    const wrong = loginRefusal('admin', 'master', answer(401, '{"error_description":"Invalid user credentials"}'))
    expect(wrong.code).toBe('KEYCLOAK_LOGIN_REFUSED')
    expect(wrong.problem).toContain('Invalid user credentials')
    expect(loginRefusal('admin', 'master', answer(200, '<html>')).code).toBe('KEYCLOAK_NOT_FOUND')
    expect(loginRefusal('admin', 'master', answer(404, '{"error":"Realm does not exist"}')).code).toBe(
      'KEYCLOAK_NOT_FOUND',
    )
  })
})
