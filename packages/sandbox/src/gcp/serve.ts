import type { FederateFile } from '@federate/core'
import { serveOnLoopback } from '../loopback-server.ts'
import { type CloudOptions, type ServedCloud, wishedTexts } from '../served-cloud.ts'
import { createGcp } from './index.ts'
import type { GcpSandbox } from './sandbox.ts'

const exampleProject = 'example-project'

/** What would win over the sandbox's token, or lead elsewhere. */
const inTheWay = [
  'GOOGLE_APPLICATION_CREDENTIALS',
  'GOOGLE_OAUTH_ACCESS_TOKEN',
  'CLOUDSDK_AUTH_ACCESS_TOKEN_FILE',
  'CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE',
  'CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT',
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
  const env = { ...Object.fromEntries(overrides), CLOUDSDK_AUTH_ACCESS_TOKEN: gcp.adminToken() }
  return { label: 'Google Cloud', endpoint, env, inTheWay, control: gcp, close: server.close }
}
