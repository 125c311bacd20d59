import type { STSClientConfig } from '@aws-sdk/client-sts'
import type { CallContext } from '@federate/core'
import { refuseUnusableEndpoints } from './endpoint-variables.ts'
import { parseIamArn, regionWithin } from './partition.ts'
import type { AwsRuntime } from './target.ts'

/**
 * How STS is asked for a role. Endpoint and FIPS are left to the SDK, which reads AWS_ENDPOINT_URL_STS,
 * AWS_ENDPOINT_URL and AWS_USE_FIPS_ENDPOINT.
 *
 * @throws FederateError (usage) `AWS_ENDPOINT`
 */
export function stsOptions(runtime: AwsRuntime, context: Pick<CallContext, 'env'>): STSClientConfig {
  refuseUnusableEndpoints(context.env)
  return { ...patience, region: stsRegion(runtime, context) }
}

// Retries are ours alone, because the SDK's know nothing of an issuer's key that could not be fetched.
// STS itself waits up to five seconds for the issuer.
const patience = {
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 15_000, throwOnRequestTimeout: true },
}

/** STS's region: the target's, the environment's where it lies in the role's partition, else the partition's default. */
export function stsRegion(runtime: AwsRuntime, { env }: Pick<CallContext, 'env'>): string {
  if (runtime.region !== undefined) return runtime.region
  const partition = parseIamArn(runtime.roleArn)?.partition ?? 'aws'
  return regionWithin(partition, env['AWS_REGION'], env['AWS_DEFAULT_REGION'])
}
