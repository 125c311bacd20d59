import { join } from 'node:path'
import type { Endpoint } from '@federate/core'
import { endpoint as apiOf } from './endpoints.ts'
import { projectVariable } from './project-variable.ts'
import { type GcpRuntime, requestedAudience } from './target.ts'
import type { GcpCredentials } from './temporary-credentials.ts'

const file = 'google-credentials.json'

/**
 * The URL source of Google's external accounts (AIP-4117, "External Account Credentials"): Google's libraries fetch the
 * issuer's token here and exchange it themselves.
 */
export const urlSource: Endpoint<GcpRuntime, GcpCredentials> = {
  secretHeader: 'x-federate-secret',

  environment: ({ folder }, runtime, env) => ({
    GOOGLE_APPLICATION_CREDENTIALS: join(folder, file),
    // gcloud itself does not look at the other one.
    CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE: join(folder, file),
    // Whoever says that it is another one knows why.
    ...(env['GOOGLE_CLOUD_PROJECT'] ? {} : projectVariable(runtime)),
  }),

  files: ({ url, secret }, runtime, env) => {
    const { provider, serviceAccount, lifetimeSeconds, universe = 'googleapis.com' } = runtime
    const impersonated = `${apiOf('iamcredentials', runtime, env)}/v1/projects/-/serviceAccounts/${serviceAccount}:generateAccessToken`
    const account = {
      type: 'external_account',
      audience: `//iam.${universe}/${provider}`,
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: `${apiOf('sts', runtime, env)}/v1/token`,
      universe_domain: universe,
      ...(serviceAccount === undefined
        ? {}
        : {
            service_account_impersonation_url: impersonated,
            service_account_impersonation: { token_lifetime_seconds: lifetimeSeconds },
          }),
      credential_source: {
        url,
        headers: { 'x-federate-secret': secret.value },
        format: { type: 'json', subject_token_field_name: 'subject_token' },
      },
    }
    return { [file]: JSON.stringify(account, undefined, 2) }
  },

  outranking: [
    'GOOGLE_APPLICATION_CREDENTIALS',
    'GOOGLE_CREDENTIALS',
    'GOOGLE_OAUTH_ACCESS_TOKEN',
    'CLOUDSDK_AUTH_ACCESS_TOKEN',
    'CLOUDSDK_AUTH_ACCESS_TOKEN_FILE',
    'CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE',
    'CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT',
  ],

  outrankingFiles: [],

  answer: async (_request, lender, runtime) => {
    const audience = requestedAudience(runtime)
    const token = await lender.token(audience === undefined ? {} : { audience })
    return { status: 200, body: JSON.stringify({ subject_token: token.reveal() }) }
  },

  refusal: (code, message) => JSON.stringify({ code, message }),
}
