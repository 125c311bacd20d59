/** One measured run of plan-accounts.ts: `plan` by the package, or the `bare` calls that it makes. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  GetOpenIDConnectProviderCommand,
  IAMClient,
  ListOpenIDConnectProvidersCommand,
  paginateGetAccountAuthorizationDetails,
  paginateListRoles,
} from '@aws-sdk/client-iam'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { fromIni } from '@aws-sdk/credential-provider-ini'
import { aws } from '@federate/aws/cloud'
import { type Cloud, nodeFetch } from '@federate/core'
import { parseFederateFile, readAdminFile } from '@federate/core/config'
import { forEachLimited, makePlan } from '@federate/core/plan'

// As the command has it: what goes into its members was made by its own schemas.
const cloud: Cloud = aws
const [what, folder = '.'] = process.argv.slice(2)
const path = join(folder, 'federate.yaml')
const signal = new AbortController().signal
const targetSchemas = new Map([['aws', await aws.wish()]])
const file = parseFederateFile(readFileSync(path, 'utf8'), { path, targetSchemas })
const accessSchema = await aws.access?.()
if (accessSchema === undefined) throw new Error('AWS has a part in federate.admin.yaml')
const schemas = new Map([['aws', accessSchema]])
const admin = await readAdminFile({ federateFile: path, env: {}, cwd: folder, schemas })
const access = accessSchema.parse(admin.get('aws'))
const accounts = Object.entries(access.accounts)
await import('@federate/aws/trust')
// Both have all modules loaded and the files read before the clock starts.
const start = performance.now()
if (what === 'plan') await plan()
else await forEachLimited(accounts, 8, async ([, { profile = '' }]) => bare(profile))
const milliseconds = performance.now() - start
console.log(JSON.stringify({ milliseconds, megabytes: process.resourceUsage().maxRSS / 1024 }))

async function plan(): Promise<void> {
  const context = { signal, now: Date.now, fetch: nodeFetch(), env: process.env, warn: () => undefined }
  const { owner, services } = file
  const targets = services.flatMap((service) => service.targets)
  const trust = await cloud.trust({ owner, services, targets, access, context })
  const made = await makePlan({ owner, resources: trust.resources, found: await trust.discover(signal), signal })
  if (made.work.some(({ step }) => step.action !== 'none')) throw new Error('the plan is no no-op')
}

async function bare(profile: string): Promise<void> {
  const options = { region: 'us-east-1', retryMode: 'standard', credentials: fromIni({ profile }) } as const
  await new STSClient(options).send(new GetCallerIdentityCommand({}))
  const client = new IAMClient(options)
  const pages = { client, pageSize: 1000 }
  const details = async () => {
    for await (const _ of paginateGetAccountAuthorizationDetails(pages, { Filter: ['Role'] }));
  }
  const roles = async () => {
    for await (const _ of paginateListRoles(pages, { PathPrefix: '/federate/acme/' }));
  }
  const providers = async () => {
    const { OpenIDConnectProviderList: list = [] } = await client.send(new ListOpenIDConnectProvidersCommand({}))
    for (const { Arn } of list)
      await client.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: Arn }))
  }
  await Promise.all([details(), roles(), providers()])
}
