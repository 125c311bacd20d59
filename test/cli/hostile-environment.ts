const place = 'https://hostile.invalid'

const named = (names: string): readonly (readonly [string, string])[] => names.split(/\s+/).map((name) => [name, place])

/**
 * What the SDKs and tools of the clouds read from their environment and could be led away by, each with a value that does.
 * Sources: the "Settings reference" of the AWS SDKs and Tools Reference Guide; `gcloud topic configurations`, AIP-4110, 4114
 * and 4115; "Environment variables" of Azure Identity's README and its managed identities; the arguments of Terraform's
 * providers.
 */
export const hostileVariables: Readonly<Record<string, string>> = Object.fromEntries([
  ...named(`AWS_ENDPOINT_URL AWS_ENDPOINT_URL_STS AWS_ENDPOINT_URL_IAM AWS_ENDPOINT_URL_S3 AWS_ENDPOINT_URL_SSO
    AWS_ENDPOINT_URL_SSO_OIDC AWS_ENDPOINT_URL_SIGNIN AWS_STS_ENDPOINT AWS_IAM_ENDPOINT AWS_EC2_METADATA_SERVICE_ENDPOINT
    AWS_CONTAINER_CREDENTIALS_FULL_URI AWS_CONTAINER_CREDENTIALS_RELATIVE_URI AWS_CONTAINER_AUTHORIZATION_TOKEN
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE AWS_WEB_IDENTITY_TOKEN_FILE AWS_ROLE_ARN AWS_PROFILE AWS_DEFAULT_PROFILE
    AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_SECURITY_TOKEN AWS_ACCOUNT_ID AWS_CREDENTIAL_SCOPE
    AWS_REGION AWS_DEFAULT_REGION`),
  ['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', 'true'],
  ['AWS_USE_FIPS_ENDPOINT', 'true'],
  ['AWS_USE_DUALSTACK_ENDPOINT', 'true'],
  ['AWS_EC2_METADATA_DISABLED', 'false'],
  ['AWS_CREDENTIAL_EXPIRATION', '2001-01-01T00:00:00Z'],

  ...named(`CLOUDSDK_API_ENDPOINT_OVERRIDES_STS CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM
    CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER
    CLOUDSDK_API_ENDPOINT_OVERRIDES_SERVICEUSAGE CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE CLOUDSDK_AUTH_ACCESS_TOKEN
    CLOUDSDK_AUTH_ACCESS_TOKEN_FILE CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT
    CLOUDSDK_AUTH_AUTH_HOST CLOUDSDK_AUTH_TOKEN_HOST CLOUDSDK_CORE_UNIVERSE_DOMAIN CLOUDSDK_PROXY_ADDRESS
    GOOGLE_APPLICATION_CREDENTIALS GOOGLE_CREDENTIALS GOOGLE_CLOUD_KEYFILE_JSON GCLOUD_KEYFILE_JSON
    GOOGLE_OAUTH_ACCESS_TOKEN GOOGLE_IMPERSONATE_SERVICE_ACCOUNT GOOGLE_CLOUD_UNIVERSE_DOMAIN GOOGLE_UNIVERSE_DOMAIN
    GOOGLE_API_CERTIFICATE_CONFIG GOOGLE_IAM_CUSTOM_ENDPOINT GOOGLE_IAM_CREDENTIALS_CUSTOM_ENDPOINT
    GOOGLE_RESOURCE_MANAGER_CUSTOM_ENDPOINT GOOGLE_SERVICE_USAGE_CUSTOM_ENDPOINT GCE_METADATA_HOST GCE_METADATA_IP
    GCE_METADATA_ROOT`),
  ['GOOGLE_API_USE_MTLS_ENDPOINT', 'always'],
  ['GOOGLE_API_USE_CLIENT_CERTIFICATE', 'true'],
  ['CLOUDSDK_CONTEXT_AWARE_USE_CLIENT_CERTIFICATE', 'true'],

  ...named(`AZURE_AUTHORITY_HOST AZURE_POD_IDENTITY_AUTHORITY_HOST AZURE_TENANT_ID AZURE_ADDITIONALLY_ALLOWED_TENANTS
    AZURE_CLIENT_ID AZURE_CLIENT_SECRET AZURE_CLIENT_CERTIFICATE_PATH AZURE_CLIENT_CERTIFICATE_PASSWORD
    AZURE_FEDERATED_TOKEN_FILE AZURE_KUBERNETES_TOKEN_PROXY AZURE_KUBERNETES_CA_DATA AZURE_KUBERNETES_CA_FILE
    AZURE_KUBERNETES_SNI_NAME AZURE_USERNAME AZURE_PASSWORD AZURE_CLOUD_NAME IDENTITY_ENDPOINT IDENTITY_HEADER
    IDENTITY_SERVER_THUMBPRINT IMDS_ENDPOINT MSI_ENDPOINT MSI_SECRET ARM_METADATA_HOSTNAME ARM_MSI_ENDPOINT
    ARM_OIDC_REQUEST_URL ARM_CLIENT_SECRET FEDERATE_AZURE_GRAPH_URL FEDERATE_AZURE_RESOURCE_MANAGER_URL`),
  ['AZURE_REGIONAL_AUTHORITY_NAME', 'westeurope'],
  ['AZURE_TOKEN_CREDENTIALS', 'AzureCliCredential'],
])

/** A proxy of a company: it is meant for what is elsewhere, so it stays. */
export const companyProxy: Readonly<Record<string, string>> = Object.fromEntries(
  ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'https_proxy', 'http_proxy', 'all_proxy'].map((name) => [
    name,
    'http://proxy.invalid:3128',
  ]),
)

/** The same as far as ~/.aws/config can say it. */
export const hostileConfiguration = `[default]
endpoint_url = ${place}
ignore_configured_endpoint_urls = true
use_fips_endpoint = true
use_dualstack_endpoint = true
services = hostile
[services hostile]
sts =
  endpoint_url = ${place}
s3 =
  endpoint_url = ${place}
`

/** For `node --require`: writes down, in the file LEFT, every host but this one that a program connects to. */
export const connectionRecorder = `
const { Socket } = require('node:net')
const { appendFileSync } = require('node:fs')
const { connect } = Socket.prototype
Socket.prototype.connect = function (...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args
  const host = typeof options === 'object' ? options.host : args[1]
  if (!options.path && !/^(localhost|127[.]0[.]0[.]1|::1)$/.test(host)) appendFileSync(process.env.LEFT, host + '\\n')
  return connect.apply(this, args)
}
`
