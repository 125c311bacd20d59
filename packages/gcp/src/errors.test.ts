import { describe, expect, it } from 'vitest'
import { answered, rpcError } from './answer.test-kit.ts'
import { fromAdminAnswer } from './errors.ts'

const call = {
  permission: 'iam.workloadIdentityPoolProviders.create',
  resource: 'projects/acme-prod/locations/global/workloadIdentityPools/keycloak',
}
const explained = (status: number, body: unknown) => fromAdminAnswer(answered(status, body), call)

describe('fromAdminAnswer explains', () => {
  it.each([
    [
      'a permission that is missing',
      403,
      'PERMISSION_DENIED',
      'Permission denied on resource',
      [],
      'GCP_ACCESS_DENIED',
      'Google answers both alike',
    ],
    [
      'credentials that expired',
      401,
      'UNAUTHENTICATED',
      'Request had invalid credentials',
      [],
      'GCP_INVALID_CREDENTIALS',
      'have expired',
    ],
    [
      'an API that is not enabled',
      403,
      'PERMISSION_DENIED',
      'IAM API has not been used in project 1 before or it is disabled.',
      [{ reason: 'SERVICE_DISABLED', metadata: { service: 'iam.googleapis.com' } }],
      'GCP_API_DISABLED',
      'iam.googleapis.com is not enabled in the project acme-prod',
    ],
    [
      'an organisation policy',
      400,
      'FAILED_PRECONDITION',
      'Precondition check failed.',
      [{ violations: [{ type: 'constraints/iam.workloadIdentityPoolProviders', description: 'Org Policy violated' }] }],
      'GCP_ORG_POLICY',
      'constraints/iam.workloadIdentityPoolProviders does not allow it',
    ],
    [
      'GitHub without a condition',
      400,
      'INVALID_ARGUMENT',
      "The attribute condition must reference one of the provider's claims.",
      [],
      'GCP_NO_CONDITION',
      'wants a condition on a claim',
    ],
    [
      'keys with certificates',
      400,
      'INVALID_ARGUMENT',
      'Input JWK is not in a valid json format',
      [],
      'GCP_KEYS_REFUSED',
      'without x5c and x5t',
    ],
    [
      'an etag that is old',
      409,
      'ABORTED',
      'There were concurrent policy changes.',
      [],
      'GCP_CHANGED_MEANWHILE',
      'after several tries',
    ],
    [
      'a name that is taken',
      409,
      'ALREADY_EXISTS',
      'Requested entity already exists',
      [],
      'GCP_EXISTS',
      'keeps its name for 30 days',
    ],
    ['what is not there', 404, 'NOT_FOUND', 'Requested entity was not found.', [], 'GCP_NOT_FOUND', 'It is not there'],
    [
      'a policy that is full',
      400,
      'INVALID_ARGUMENT',
      'The number of members in the policy (1,501) is larger than the maximum allowed size 1,500.',
      [],
      'GCP_LIMIT',
      'used up',
    ],
    ['anything else', 400, 'INVALID_ARGUMENT', 'Invalid displayName.', [], 'GCP_REFUSED', 'Invalid displayName'],
    ['a quota', 429, 'RESOURCE_EXHAUSTED', 'Quota exceeded', [], 'GCP_THROTTLED', 'Too many calls'],
    ['a server that fails', 503, 'UNAVAILABLE', 'Try again', [], 'GCP_UNREACHABLE', 'could not be asked'],
  ] as const)('%s', (_, status, code, message, details, expected, words) => {
    const error = explained(status, rpcError(status, code, message, details))
    expect(error.code).toBe(expected)
    expect(error.problem).toContain(words)
    expect(error.problem).toContain(`${call.permission} on ${call.resource}`.slice(0, 20))
  })

  it('names the command that enables an API', () => {
    const error = explained(
      403,
      rpcError(
        403,
        'PERMISSION_DENIED',
        'Cloud Resource Manager API has not been used in project 1 before. Enable it by visiting https://console/apis/api/cloudresourcemanager.googleapis.com/overview',
      ),
    )
    expect(error.next).toContain('gcloud services enable cloudresourcemanager.googleapis.com --project acme-prod')
  })

  it('a login page, which is none of Google’s answers', () => {
    expect(explained(200, '<html>')).toMatchObject({ code: 'GCP_UNREACHABLE', outcome: 'unreachable' })
  })
})
