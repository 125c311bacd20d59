import type { AwsSandbox } from './aws/index.ts'
import { serveAws } from './aws/serve.ts'
import { type AzureControl, serveAzure } from './azure/serve.ts'
import type { GcpSandbox } from './gcp/index.ts'
import { serveGcp } from './gcp/serve.ts'
import type { ServeCloud, ServedCloud } from './served-cloud.ts'

/** The clouds of the sandbox, by their names in federate.yaml, each by what tests look into it with. */
export interface CloudControls {
  readonly aws: AwsSandbox
  readonly gcp: GcpSandbox
  readonly azure: AzureControl
}

type ServedClouds = { readonly [Name in keyof CloudControls]: ServedCloud<CloudControls[Name]> }

/** Serves one of the clouds. */
type Serve = <Control>(name: keyof CloudControls, serve: ServeCloud<Control>) => Promise<ServedCloud<Control>>

/** Serves all clouds, one after the other. Another cloud is one more line here, and one above. */
export async function serveClouds(serve: Serve): Promise<ServedClouds> {
  return {
    aws: await serve('aws', serveAws),
    gcp: await serve('gcp', serveGcp),
    azure: await serve('azure', serveAzure),
  }
}
