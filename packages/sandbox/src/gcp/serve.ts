import type { FederateFile } from '@federate/core'
import { serveOnLoopback } from '../loopback-server.ts'
import { type CloudOptions, type ServedCloud, wishedTexts } from '../served-cloud.ts'
import { createGcp } from './index.ts'
import type { GcpSandbox } from './sandbox.ts'

const exampleProject = 'example-project'

/**
 * What would win over the sandbox's token, or lead elsewhere: the properties of gcloud (`gcloud topic configurations`), the
 * variables of Google's libraries (AIP-4110, 4114, 4115) and of Terraform's provider.
 */
const inTheWay = [
  'GOOGLE_APPLICATION_CREDENTIALS',
  'GOOGLE_CREDENTIALS',
  'GOOGLE_CLOUD_KEYFILE_JSON',
  'GCLOUD_KEYFILE_JSON',
  'GOOGLE_OAUTH_ACCESS_TOKEN',
  'GOOGLE_IMPERSONATE_SERVICE_ACCOUNT',
  'GOOGLE_CLOUD_UNIVERSE_DOMAIN',
  'GOOGLE_UNIVERSE_DOMAIN',
  'GOOGLE_API_USE_MTLS_ENDPOINT',
  'GOOGLE_API_USE_CLIENT_CERTIFICATE',
  'GOOGLE_API_CERTIFICATE_CONFIG',
  'GOOGLE_IAM_CUSTOM_ENDPOINT',
  'GOOGLE_IAM_CREDENTIALS_CUSTOM_ENDPOINT',
  'GOOGLE_RESOURCE_MANAGER_CUSTOM_ENDPOINT',
  'GOOGLE_SERVICE_USAGE_CUSTOM_ENDPOINT',
  'GCE_METADATA_HOST',
  'GCE_METADATA_IP',
  'GCE_METADATA_ROOT',
  'CLOUDSDK_AUTH_ACCESS_TOKEN_FILE',
  'CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE',
  'CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT',
  'CLOUDSDK_AUTH_AUTH_HOST',
  'CLOUDSDK_AUTH_TOKEN_HOST',
  'CLOUDSDK_CONTEXT_AWARE_USE_CLIENT_CERTIFICATE',
  'CLOUDSDK_API_ENDPOINT_OVERRIDES_*',
  'CLOUDSDK_PROXY_*',
]

/** The APIs by the names of gcloud's properties (`gcloud topic configurations`, api_endpoint_overrides). */
const overridden = ['IAM', 'STS', 'IAMCREDENTIALS', 'CLOUDRESOURCEMANAGER', 'SERVICEUSAGE']

/** Serves Google's APIs for the projects of federate.yaml. */
export async function serveGcp(
  file: FederateFile,
  { now, fetch, port }: CloudOptions,
): Promise<ServedCloud<GcpSandbox>> {
  const projects = wishedTexts(file, 'gcp', 'project')
  const gcp = createGcp({ now, fetch, projects: projects.length > 0 ? projects : [exampleProject] })
  const server = await serveOnLoopback((request, response) => gcp.handle(request, response), {
    label: 'Google Cloud',
    ...(port === undefined ? {} : { port }),
  })
  const endpoint = `http://127.0.0.1:${server.port}/`
  const overrides = overridden.map((name) => [`CLOUDSDK_API_ENDPOINT_OVERRIDES_${name}`, endpoint] as const)
  const env = {
    ...Object.fromEntries(overrides),
    CLOUDSDK_AUTH_ACCESS_TOKEN: gcp.adminToken(),
    // A property of gcloud's configuration file, too, over which variables win.
    CLOUDSDK_CORE_UNIVERSE_DOMAIN: 'googleapis.com',
  }
  return { label: 'Google Cloud', endpoint, env, inTheWay, control: gcp, close: server.close }
}
