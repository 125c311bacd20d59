import { describe, expect, it } from 'vitest'
import { fromIamError } from './errors.ts'

const call = { action: 'iam:CreateRole', resource: 'arn:aws:iam::123456789012:role/billing', account: '123456789012' }

function sdkError(fields: Record<string, unknown>, message: string): Error {
  return Object.assign(new Error(message), { $metadata: {}, ...fields })
}

function answered(code: string, message: string, status = 400): Error {
  const $metadata = { httpStatusCode: status, requestId: 'request-1' }
  return sdkError({ name: code, Code: code, $fault: 'client', $metadata }, message)
}

const asked = 'iam:CreateRole on arn:aws:iam::123456789012:role/billing'

describe('fromIamError', () => {
  it.each([
    {
      error: answered('AccessDenied', 'User: x is not authorized to perform: iam:CreateRole', 403),
      code: 'AWS_ACCESS_DENIED',
      outcome: 'refused',
      message: `AWS refused ${asked}: AccessDenied: User: x is not authorized to perform: iam:CreateRole. The administrator's credentials lack iam:CreateRole, or a boundary or organisation policy denies it. Allow iam:CreateRole on arn:aws:iam::123456789012:role/billing for them, or use others (AWS_PROFILE).`,
    },
    {
      error: answered('Throttling', 'Rate exceeded'),
      code: 'AWS_THROTTLED',
      outcome: 'unreachable',
      message: `AWS did not do ${asked}: Throttling: Rate exceeded. Too many calls in a short time, also after several tries. Wait a minute and run the command again; it continues where it stopped.`,
    },
    {
      error: sdkError({ name: 'CredentialsProviderError' }, 'Could not load credentials from any providers'),
      code: 'AWS_NO_CREDENTIALS',
      outcome: 'usage',
      message: `No AWS credentials for ${asked}: Could not load credentials from any providers. Looked in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE and the shared configuration files, single sign-on, and container and instance roles. Set AWS_PROFILE to an administrator profile (after \`aws sso login\` where it needs that), or the two key variables, and run the command again.`,
    },
    {
      error: answered('ExpiredToken', 'The security token included in the request is expired', 403),
      code: 'AWS_EXPIRED_CREDENTIALS',
      outcome: 'refused',
      message: `AWS refused ${asked}: ExpiredToken: The security token included in the request is expired. The administrator's AWS credentials have expired. Sign in again (\`aws sso login\`, or new keys in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN) and run the command again.`,
    },
    {
      error: answered('InvalidClientTokenId', 'The security token included in the request is invalid.', 403),
      code: 'AWS_INVALID_CREDENTIALS',
      outcome: 'refused',
      message: `AWS refused ${asked}: InvalidClientTokenId: The security token included in the request is invalid. The administrator's AWS credentials are not valid there: a wrong key, a session token that does not belong to it, or keys of another partition. Check AWS_PROFILE, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN with \`aws sts get-caller-identity\`.`,
    },
    {
      error: answered('EntityAlreadyExists', 'Role with name billing already exists.', 409),
      code: 'AWS_CHANGED_MEANWHILE',
      outcome: 'failed',
      message: `AWS refused ${asked}: EntityAlreadyExists: Role with name billing already exists. Somebody changed it after it was read. Run \`federate plan aws\` to see how it is now.`,
    },
    {
      error: answered('NoSuchEntity', 'Policy arn:aws:iam::aws:policy/Typo does not exist or is not attachable.', 404),
      code: 'AWS_NO_SUCH_POLICY',
      outcome: 'usage',
      message: `AWS refused ${asked}: NoSuchEntity: Policy arn:aws:iam::aws:policy/Typo does not exist or is not attachable. A policy of the target in federate.yaml is not there. Correct the ARN in the target's policies or permissionsBoundary, or make that policy first.`,
    },
    {
      error: answered('NoSuchEntity', 'The role with name billing cannot be found.', 404),
      code: 'AWS_CHANGED_MEANWHILE',
      outcome: 'failed',
      message: `AWS refused ${asked}: NoSuchEntity: The role with name billing cannot be found. Somebody changed it after it was read. Run \`federate plan aws\` to see how it is now.`,
    },
    {
      error: answered('LimitExceeded', 'Cannot exceed quota for RolesPerAccount: 1000', 409),
      code: 'AWS_LIMIT',
      outcome: 'refused',
      message: `AWS refused ${asked}: LimitExceeded: Cannot exceed quota for RolesPerAccount: 1000. A quota of the account is used up. Ask for more in the Service Quotas console (IAM), or remove what is no longer needed.`,
    },
    {
      error: answered('OpenIdIdpCommunicationError', 'Could not connect to openid configuration'),
      code: 'AWS_ISSUER_UNREACHABLE',
      outcome: 'refused',
      message: `AWS refused ${asked}: OpenIdIdpCommunicationError: Could not connect to openid configuration. IAM could not reach the issuer from the internet, or its certificate chain is out of order or incomplete. Make the issuer's discovery document and its keys reachable from the internet, and run the command again.`,
    },
    {
      error: sdkError({ name: 'Error', code: 'ECONNREFUSED' }, 'connect ECONNREFUSED 127.0.0.1:1'),
      code: 'AWS_UNREACHABLE',
      outcome: 'unreachable',
      message: `AWS could not be asked for ${asked}: ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:1. Check the network, the proxy and AWS_ENDPOINT_URL_IAM and AWS_ENDPOINT_URL_STS if they are set.`,
    },
    {
      error: answered('MalformedPolicyDocument', 'Has prohibited field Resource'),
      code: 'AWS_POLICY_MALFORMED',
      outcome: 'refused',
      message: `AWS refused ${asked}: MalformedPolicyDocument: Has prohibited field Resource. IAM does not store such a policy. Correct the target's conditions in federate.yaml: the rest of a trust policy federate writes itself.`,
    },
    {
      error: answered('InvalidInput', 'Something else'),
      code: 'AWS_REFUSED',
      outcome: 'refused',
      message: `AWS refused ${asked}: InvalidInput: Something else. Correct what AWS names in federate.yaml and run \`federate plan aws\`.`,
    },
  ])('$code', ({ error, code, outcome, message }) => {
    const explained = fromIamError(error, call)
    expect(explained).toMatchObject({ code, outcome, message })
    expect(explained.details).toMatchObject(call)
  })

  it('takes an answer of 503 that is not of AWS for unreachable', () => {
    const error = sdkError({ name: 'Unknown', $fault: 'server', $metadata: { httpStatusCode: 503 } }, 'Unknown')
    expect(fromIamError(error, call)).toMatchObject({ code: 'AWS_UNREACHABLE', details: { awsCode: 'HTTP 503' } })
  })

  it('leaves what is explained already as it is', () => {
    const first = fromIamError(answered('Throttling', 'x'), call)
    expect(fromIamError(first, { ...call, action: 'iam:Other' })).toBe(first)
  })
})
