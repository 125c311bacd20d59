import { type Endpoint, whenThere } from '@federate/core'
import type { AwsRuntime } from './target.ts'
import type { AwsCredentials } from './temporary-credentials.ts'

/**
 * The container credential provider of the AWS SDKs ("Container credential provider", AWS SDKs and Tools reference):
 * `Token` here, `SessionToken` everywhere else.
 */
export const containerEndpoint: Endpoint<AwsRuntime, AwsCredentials> = {
  secretHeader: 'authorization',

  environment: ({ url, secret }, { region }) => ({
    AWS_CONTAINER_CREDENTIALS_FULL_URI: url,
    // Only one of the two: SDKs differ in which they prefer.
    ...(secret.file === undefined
      ? { AWS_CONTAINER_AUTHORIZATION_TOKEN: secret.value }
      : { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: secret.file }),
    // Profiles come before container credentials in every SDK's chain.
    AWS_CONFIG_FILE: nowhere,
    AWS_SHARED_CREDENTIALS_FILE: nowhere,
    ...(region === undefined ? {} : { AWS_REGION: region, AWS_DEFAULT_REGION: region }),
  }),

  outranking: [
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_SESSION_TOKEN',
    'AWS_SECURITY_TOKEN',
    'AWS_CREDENTIAL_EXPIRATION',
    'AWS_ACCOUNT_ID',
    'AWS_PROFILE',
    'AWS_DEFAULT_PROFILE',
    'AWS_WEB_IDENTITY_TOKEN_FILE',
    'AWS_ROLE_ARN',
    'AWS_ROLE_SESSION_NAME',
    'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
    'AWS_CONTAINER_CREDENTIALS_FULL_URI',
    'AWS_CONTAINER_AUTHORIZATION_TOKEN',
    'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
    'AWS_CONFIG_FILE',
    'AWS_SHARED_CREDENTIALS_FILE',
  ],

  outrankingFiles: ['.aws/config', '.aws/credentials'],

  answer: (_request, lender) =>
    whenThere(lender.credentials(), (credentials) => ({ status: 200, body: bodyOf(credentials) })),

  refusal: (code, message) => JSON.stringify({ Code: code, Message: message }),
}

const nowhere = process.platform === 'win32' ? 'NUL' : '/dev/null'

/** The same credentials are fetched many times. */
const bodies = new WeakMap<AwsCredentials, string>()

function bodyOf(credentials: AwsCredentials): string {
  const known = bodies.get(credentials)
  if (known !== undefined) return known
  const body = JSON.stringify({
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    Token: credentials.sessionToken,
    Expiration: credentials.expiresAt.toISOString().replace(/\.\d{3}Z$/, 'Z'),
    AccountId: credentials.accountId,
  })
  bodies.set(credentials, body)
  return body
}
