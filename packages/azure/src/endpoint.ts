import { type Endpoint, type EndpointAnswer, whenThere } from '@federate/core'
import type { AzureCredentials } from './access-token-credentials.ts'
import { scopeOf } from './environment.ts'
import type { AzureRuntime } from './target.ts'

/**
 * The identity endpoint of App Service ("REST endpoint reference" of How to use managed identities for App Service and
 * Azure Functions): what ManagedIdentityCredential, and with it DefaultAzureCredential, asks in every language.
 */
export const identityEndpoint: Endpoint<AzureRuntime, AzureCredentials> = {
  secretHeader: 'x-identity-header',

  environment: ({ url, secret }, { clientId, tenantId }) => ({
    IDENTITY_ENDPOINT: url,
    IDENTITY_HEADER: secret.value,
    // DefaultAzureCredential asks for the identity that this names, and it may be set to another one.
    AZURE_CLIENT_ID: clientId,
    AZURE_TENANT_ID: tenantId,
  }),

  outranking: [
    // EnvironmentCredential and WorkloadIdentityCredential come before it in the chain, or are chosen instead of it.
    'AZURE_CLIENT_SECRET',
    'AZURE_CLIENT_CERTIFICATE_PATH',
    'AZURE_CLIENT_CERTIFICATE_PASSWORD',
    'AZURE_USERNAME',
    'AZURE_PASSWORD',
    'AZURE_FEDERATED_TOKEN_FILE',
    'AZURE_TOKEN_CREDENTIALS',
    'AZURE_TENANT_ID',
    'AZURE_CLIENT_ID',
    // With these beside it, it is taken for Service Fabric, Azure Arc, Machine Learning, Cloud Shell or a pod's.
    'IDENTITY_ENDPOINT',
    'IDENTITY_HEADER',
    'IDENTITY_SERVER_THUMBPRINT',
    'IMDS_ENDPOINT',
    'MSI_ENDPOINT',
    'MSI_SECRET',
    'AZURE_POD_IDENTITY_AUTHORITY_HOST',
  ],

  outrankingFiles: [],

  answer: ({ query }, lender, runtime) => {
    const asked = askedScope(query, runtime)
    if (typeof asked !== 'string') return asked
    const other = asked === runtime.scope ? undefined : { ...runtime, scope: asked }
    return whenThere(lender.credentials(other), (credentials) => ({ status: 200, body: bodyOf(credentials) }))
  },

  refusal: (code, message) => refusalBody(statuses[code] ?? 500, `${code}: ${message}`),
}

const version = '2019-08-01'

/** Identities by other names than the client id are not known here. */
const otherNames = ['principal_id', 'object_id', 'mi_res_id', 'msi_res_id']

/** The scope that a request is about, or why it is refused. */
function askedScope(query: URLSearchParams, { clientId }: AzureRuntime): string | EndpointAnswer {
  const given = query.get('api-version')
  if (given !== version) return refused(`The api-version is ${shown(given)}, where ${version} is served.`)
  const resource = query.get('resource') ?? query.get('scope')
  if (resource === null || resource === '') return refused('The parameter resource is missing.')
  // Entra takes one scope of this form; anything else would go into its request as it stands.
  if (/\s/.test(resource)) return refused(`The resource is ${shown(resource)}, where one was expected.`)
  const identity = query.get('client_id')
  if (identity !== null && identity.toLowerCase() !== clientId.toLowerCase()) {
    return refused(`${noIdentity} This endpoint lends client ${clientId}, and client_id is ${shown(identity)}.`)
  }
  const other = otherNames.find((name) => query.has(name))
  if (other !== undefined)
    return refused(`${noIdentity} Name it by its client_id, which is ${clientId}, not by ${other}.`)
  return scopeOf(resource)
}

/** App Service's own words, which people search for. */
const noIdentity = 'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.'

function shown(value: string | null): string {
  return value === null ? '(none)' : JSON.stringify(value.slice(0, 200))
}

function refused(message: string): EndpointAnswer {
  return { status: 400, body: refusalBody(400, message) }
}

const statuses: Readonly<Record<string, number>> = {
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
}

/** App Service refuses so; MSAL prints the message. */
function refusalBody(statusCode: number, message: string): string {
  return JSON.stringify({ statusCode, message })
}

/** `expires_on` is text here: seconds since 1970. */
function bodyOf({ accessToken, expiresAt, scope, clientId }: AzureCredentials): string {
  return JSON.stringify({
    access_token: accessToken,
    client_id: clientId,
    expires_on: String(Math.floor(expiresAt.getTime() / 1000)),
    resource: scope.replace(/\/\.default$/, ''),
    token_type: 'Bearer',
  })
}
