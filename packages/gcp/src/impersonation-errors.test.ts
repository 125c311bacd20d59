import { describe, expect, it } from 'vitest'
import { answered, rpcError } from './answer.test-kit.ts'
import { fromApiAnswer, fromImpersonationAnswer } from './impersonation-errors.ts'
import { permissionDenied } from './rules/refusals.ts'

const serviceAccount = 'billing@acme-prod.iam.gserviceaccount.com'
const target = { provider: 'p', audience: 'a', serviceAccount }
const principal = 'principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/keycloak/subject/x'

function explained(status: number, body: unknown) {
  return fromImpersonationAnswer(answered(status, body), { target, principal, lifetime: 7200 })
}

describe('fromImpersonationAnswer explains', () => {
  it.each([
    [
      'a missing binding',
      explained(
        403,
        rpcError(403, 'PERMISSION_DENIED', permissionDenied('iam.serviceAccounts.getAccessToken').message),
      ),
      'GCP_NOT_AUTHORIZED',
      `No binding of the service account lets ${principal} in`,
      true,
    ],
    [
      'an API that is not enabled',
      explained(
        403,
        rpcError(
          403,
          'PERMISSION_DENIED',
          'IAM Service Account Credentials API has not been used in project 1 before or it is disabled.',
        ),
      ),
      'GCP_API_DISABLED',
      'is not enabled in the project',
      true,
    ],
    [
      'an account that is not there',
      explained(404, rpcError(404, 'NOT_FOUND', 'Not found; Gaia id not found for email')),
      'GCP_NO_SERVICE_ACCOUNT',
      `There is no service account ${serviceAccount}`,
      true,
    ],
    [
      'a lifetime over an hour',
      explained(400, rpcError(400, 'INVALID_ARGUMENT', 'The access token lifetime cannot exceed 3600 seconds.')),
      'GCP_LIFETIME',
      'constraints/iam.allowServiceAccountCredentialLifetimeExtension',
      false,
    ],
    [
      'a federated token that has expired',
      explained(401, rpcError(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.')),
      'GCP_FEDERATED_TOKEN',
      'it has expired',
      false,
    ],
    [
      'anything else',
      explained(400, rpcError(400, 'INVALID_ARGUMENT', 'Scope required.')),
      'GCP_REFUSED',
      'Scope required',
      false,
    ],
  ])('%s', (_, error, code, words, propagating) => {
    expect(error).toMatchObject({ code, outcome: 'refused', details: { propagating } })
    expect(error.problem).toContain(words)
    expect(error.problem).toContain(`Google did not give a token of ${serviceAccount}`)
  })

  it('names the command that enables the API', () => {
    const error = explained(403, rpcError(403, 'PERMISSION_DENIED', 'x', [{ reason: 'SERVICE_DISABLED' }]))
    expect(error.next).toContain('gcloud services enable iamcredentials.googleapis.com --project acme-prod')
  })

  it('a quota and a proxy', () => {
    expect(explained(429, rpcError(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded'))).toMatchObject({
      code: 'GCP_THROTTLED',
    })
    expect(explained(502, '<html>')).toMatchObject({ code: 'GCP_UNREACHABLE', outcome: 'unreachable' })
  })
})

describe('fromApiAnswer', () => {
  it('suggests a service account where an API does not take federated tokens', () => {
    const body = rpcError(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.')
    const error = fromApiAnswer(answered(401, body, 'https://example.googleapis.com/v1/x'))
    expect(error).toMatchObject({ code: 'GCP_FEDERATED_TOKEN', next: expect.stringContaining('serviceAccount') })
    expect(fromApiAnswer(answered(403, body))).toBeUndefined()
  })
})
