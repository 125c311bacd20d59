import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { fromIni } from '@aws-sdk/credential-provider-ini'
import { fromProcess } from '@aws-sdk/credential-provider-process'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { account, type Place, twoServices } from '../cli/harness.ts'
import { firstStart } from '../keycloak/server.ts'
import { goAvailable, goClient } from './go-client.ts'
import { pythonTools } from './python-tools.ts'

const run = promisify(execFile)
const tools = pythonTools()
const go = goAvailable('the AWS SDK for Go')
const identity = `arn:aws:sts::${account}:assumed-role/billing/federate-billing`
const chained = new RegExp(`^arn:aws:sts::${account}:assumed-role/reports/`)

/**
 * The environment of a program that has never heard of federate: a profile's name, and where AWS is. With a home of its
 * own, because the AWS CLI keeps credentials of assumed roles there from one run to the next.
 */
function environment(place: Place, profile: string): Record<string, string> {
  const { AWS_ENDPOINT_URL_IAM = '', AWS_ENDPOINT_URL_STS = '' } = place.sandbox.env
  const files = { AWS_CONFIG_FILE: place.path('config'), AWS_SHARED_CREDENTIALS_FILE: place.path('credentials') }
  const inherited = Object.entries(process.env).filter(([name]) => !/^(AWS|FEDERATE)_/.test(name))
  const own = {
    ...files,
    AWS_ENDPOINT_URL_IAM,
    AWS_ENDPOINT_URL_STS,
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_PROFILE: profile,
    HOME: place.folder,
  }
  return { ...Object.fromEntries(inherited.map(([name, value = '']) => [name, value])), ...own }
}

/** A service whose sessions carry a tag that its role demands: so it is in the issuer's tokens, or nobody gets in. */
export const tagged = twoServices.replace(
  'role: billing,',
  'role: billing, sessionTags: { Team: pay }, conditions: { StringEquals: { "aws:RequestTag/Team": pay } },',
)

/** Official clients in several languages get in by the profile that `configure aws` wrote. `prepared` has it all set up. */
export function awsClients(prepared: () => Promise<Place>): void {
  let place: Place

  beforeAll(async () => {
    place = await prepared()
    const env = { AWS_CONFIG_FILE: place.path('config') }
    const configured = await place.asService('configure aws -s billing.federate.json', { env })
    if (configured.status !== 0) throw new Error(configured.stderr)
    // The SDK runs the command in this process's environment.
    vi.stubEnv('AWS_ENDPOINT_URL_STS', place.sandbox.env['AWS_ENDPOINT_URL_STS'])
    const second = `arn:aws:iam::${account}:role/reports`
    const config = await place.read('config')
    await place.write('config', `${config}\n[profile reports]\nrole_arn = ${second}\nsource_profile = billing\n`)
    const AWS = `arn:aws:iam::${account}:role/federate/acme/billing`
    const Statement = [{ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' }]
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
    const endpoint = place.sandbox.env['AWS_ENDPOINT_URL_IAM'] ?? ''
    const credentials = place.sandbox.aws.adminCredentials(account)
    const iam = new IAMClient({ endpoint, region: 'us-east-1', credentials })
    await iam.send(new CreateRoleCommand({ RoleName: 'reports', AssumeRolePolicyDocument }))
  }, firstStart)

  afterAll(async () => {
    vi.unstubAllEnvs()
    await place?.close()
  })

  describe('the AWS SDK for JavaScript, by the profile that configure wrote', () => {
    const options = () => ({ configFilepath: place.path('config'), filepath: place.path('credentials') })
    const endpoint = () => place.sandbox.env['AWS_ENDPOINT_URL_STS'] ?? ''

    it('runs the command by fromProcess', async () => {
      const credentials = fromProcess({ profile: 'billing', ...options() })
      const sts = new STSClient({ endpoint: endpoint(), region: 'us-east-1', credentials })
      expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toBe(identity)
    })

    it('goes on to another role by fromIni', async () => {
      const clientConfig = { endpoint: endpoint(), region: 'us-east-1' }
      const credentials = fromIni({ profile: 'reports', clientConfig, ...options() })
      const sts = new STSClient({ ...clientConfig, credentials })
      expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toMatch(chained)
    })
  })

  describe.skipIf(!go)('the AWS SDK for Go, by the same profile', () => {
    it('runs the command, and goes on to another role', async () => {
      const whoami = await goClient()
      const identityBy = async (profile: string) => (await run(whoami, [], { env: environment(place, profile) })).stdout
      expect(await identityBy('billing')).toBe(`${identity}\n`)
      expect(await identityBy('reports')).toMatch(chained)
    }, 300_000)
  })

  describe.skipIf(tools === undefined)('clients in Python, by the same profile', () => {
    const python = tools?.python ?? ''

    async function awsCli(profile: string): Promise<string> {
      const args = ['-m', 'awscli', 'sts', 'get-caller-identity', '--query', 'Arn', '--output', 'text']
      return (await run(python, args, { env: environment(place, profile) })).stdout.trim()
    }

    async function boto3(profile: string): Promise<string> {
      const script = 'import boto3; print(boto3.client("sts").get_caller_identity()["Arn"])'
      return (await run(python, ['-c', script], { env: environment(place, profile) })).stdout.trim()
    }

    it('the AWS CLI gets in, and on to another role', async () => {
      expect(await awsCli('billing')).toBe(identity)
      expect(await awsCli('reports')).toMatch(chained)
    })

    it('boto3 gets in, and on to another role', async () => {
      expect(await boto3('billing')).toBe(identity)
      expect(await boto3('reports')).toMatch(chained)
    })

    it('the AWS CLI reads the profile that credentials --profile wrote', async () => {
      const env = { AWS_SHARED_CREDENTIALS_FILE: place.path('credentials') }
      const stored = await place.asService('credentials aws -s billing.federate.json --profile stored', { env })
      expect(stored.status).toBe(0)
      expect(await awsCli('stored')).toBe(identity)
    })
  })
}
