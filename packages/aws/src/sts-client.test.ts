import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { stsOptions } from './sts-client.ts'
import { parseAwsRuntime } from './target.ts'

afterEach(() => vi.unstubAllEnvs())

/** Where the official client would send the call, with what the environment says. */
async function hostOf(partition: string, region: string | undefined, environment: Record<string, string>) {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  const roleArn = `arn:${partition}:iam::123456789012:role/billing`
  const runtime = parseAwsRuntime({ roleArn, region }, 'test')
  const hosts: string[] = []
  const requestHandler = {
    handle: async (request: { hostname: string; port?: number | undefined }) => {
      hosts.push(request.port === undefined ? request.hostname : `${request.hostname}:${request.port}`)
      throw new Error('nothing is sent')
    },
  }
  const client = new STSClient({ ...stsOptions(runtime, { env: environment }), requestHandler })
  const input = { RoleArn: roleArn, RoleSessionName: 'test', WebIdentityToken: 'token' }
  await expect(client.send(new AssumeRoleWithWebIdentityCommand(input))).rejects.toThrow('nothing is sent')
  return hosts
}

describe('STS is asked', () => {
  // botocore, endpoints.json and partitions.json: FIPS hosts of the commercial regions; GovCloud's are FIPS themselves.
  it.each([
    ['aws', 'eu-central-1', {}, 'sts.eu-central-1.amazonaws.com'],
    ['aws', undefined, {}, 'sts.us-east-1.amazonaws.com'],
    ['aws', undefined, { AWS_REGION: 'eu-west-1' }, 'sts.eu-west-1.amazonaws.com'],
    ['aws', undefined, { AWS_REGION: 'cn-north-1' }, 'sts.us-east-1.amazonaws.com'],
    ['aws', 'us-east-2', { AWS_USE_FIPS_ENDPOINT: 'true' }, 'sts-fips.us-east-2.amazonaws.com'],
    ['aws-us-gov', undefined, { AWS_USE_FIPS_ENDPOINT: 'true' }, 'sts.us-gov-west-1.amazonaws.com'],
    ['aws-cn', undefined, {}, 'sts.cn-north-1.amazonaws.com.cn'],
    ['aws-eusc', undefined, {}, 'sts.eusc-de-east-1.amazonaws.eu'],
    ['aws', undefined, { AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:4566' }, '127.0.0.1:4566'],
    ['aws', undefined, { AWS_ENDPOINT_URL: 'https://sts.acme.example' }, 'sts.acme.example'],
  ])('of %s in %s with %j at %s', async (partition, region, environment, host) => {
    expect(await hostOf(partition, region, environment)).toEqual([host])
  })

  it.each(['nonsense', 'ftp://sts.example.com', '127.0.0.1:4566'])('never at %s', (endpoint) => {
    const runtime = parseAwsRuntime({ roleArn: 'arn:aws:iam::123456789012:role/billing' }, 'test')
    expect(() => stsOptions(runtime, { env: { AWS_ENDPOINT_URL_STS: endpoint } })).toThrow(
      expect.objectContaining({
        code: 'AWS_ENDPOINT',
        outcome: 'usage',
        problem: `AWS_ENDPOINT_URL_STS is "${endpoint}", expected the URL of an endpoint, as https://sts.eu-central-1.amazonaws.com.`,
      }),
    )
  })
})
