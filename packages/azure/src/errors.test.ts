import { describe, expect, it } from 'vitest'
import { type AdminCall, fromAdminAnswer } from './errors.ts'

const call: AdminCall = {
  service: 'Azure Resource Manager',
  action: 'assign role',
  permission: 'the role Role Based Access Control Administrator in the scope',
  resource: '/subscriptions/x',
}

function answer(status: number, code: string, message = 'No.', headers: Record<string, string> = {}) {
  const all: Record<string, string> = { 'request-id': 'request-1', ...headers }
  const peer = { prefix: 'AZURE', name: call.service }
  const body = JSON.stringify({ error: { code, message } })
  return { peer, url: 'https://management.azure.com/x', status, body, header: (name: string) => all[name] }
}

describe('a refused call of an administrator', () => {
  it.each([
    [401, 'InvalidAuthenticationToken', 'AZURE_INVALID_CREDENTIALS', 'refused'],
    [403, 'AuthorizationFailed', 'AZURE_ACCESS_DENIED', 'refused'],
    [404, 'SubscriptionNotFound', 'AZURE_SUBSCRIPTION_NOT_FOUND', 'usage'],
    [404, 'ResourceGroupNotFound', 'AZURE_RESOURCE_GROUP_NOT_FOUND', 'usage'],
    [400, 'PrincipalNotFound', 'AZURE_PRINCIPAL_NOT_FOUND', 'failed'],
    [404, 'Request_ResourceNotFound', 'AZURE_NOT_THERE_YET', 'failed'],
    [404, 'ParentResourceNotFound', 'AZURE_NOT_THERE_YET', 'failed'],
    [404, 'ResourceNotFound', 'AZURE_NOT_FOUND', 'usage'],
    [409, 'ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity', 'AZURE_CHANGED_MEANWHILE', 'failed'],
    [409, 'RoleAssignmentExists', 'AZURE_CHANGED_MEANWHILE', 'failed'],
    [405, 'MethodNotAllowed', 'AZURE_REGION', 'refused'],
    [400, 'Directory_QuotaExceeded', 'AZURE_LIMIT', 'refused'],
    [429, 'TooManyRequests', 'AZURE_THROTTLED', 'unreachable'],
    [503, 'ServiceUnavailable', 'AZURE_UNAVAILABLE', 'unreachable'],
    [400, 'BadRequest', 'AZURE_REFUSED', 'refused'],
  ])('with %i %s is %s', (status, azureCode, code, outcome) => {
    const error = fromAdminAnswer(answer(status, azureCode), call, Date.now)
    expect(error).toMatchObject({ code, outcome, details: { azureCode, requestId: 'request-1', status } })
    expect(error.problem).toContain(
      `Azure Resource Manager refused to assign role (/subscriptions/x): ${azureCode}: No. Request id: request-1.`,
    )
  })

  it('to register an application suggests a managed identity', () => {
    const graph: AdminCall = {
      ...call,
      service: 'Microsoft Graph',
      action: 'create application billing',
      permission: 'p',
    }
    const error = fromAdminAnswer(answer(403, 'Authorization_RequestDenied'), graph, Date.now)
    expect(error).toMatchObject({ code: 'AZURE_MAY_NOT_REGISTER', next: expect.stringContaining('managedIdentity') })
  })

  it('keeps what Retry-After asks for', () => {
    const error = fromAdminAnswer(answer(429, 'TooManyRequests', 'Slow.', { 'retry-after': '4' }), call, Date.now)
    expect(error.details).toMatchObject({ retryAfter: 4, transient: true })
  })
})
