/** What azure-plan.ts measures: `plan` beside its own requests sent bare, in turn, or parallel `tokens` of one credential. */
import { readFileSync } from 'node:fs'
import { Agent, request as send } from 'node:https'
import { join } from 'node:path'
import { azureCredential } from '@federate/azure'
import { azure } from '@federate/azure/cloud'
import { type CallContext, type Cloud, clientSecret, nodeFetch, readJwt } from '@federate/core'
import { parseFederateFile } from '@federate/core/config'
import { forEachLimited, makePlan } from '@federate/core/plan'
import { keycloak } from '@federate/keycloak'

// As the command has it: what goes into its members was made by its own schemas.
const cloud: Cloud = azure
const [what, folder = '.', count = '0'] = process.argv.slice(2)
const path = join(folder, 'federate.yaml')
const signal = new AbortController().signal
const authority = process.env['AZURE_AUTHORITY_HOST'] ?? ''
const targetSchemas = new Map([['azure', await azure.wish()]])
const file = parseFederateFile(readFileSync(path, 'utf8'), { path, targetSchemas })

if (what === 'tokens') console.log(await parallelTokens(Number(count)))
else console.log(JSON.stringify(await pairs(Number(count))))

/** Milliseconds of plans and of their requests. Without rounds: one plan, nothing bare. */
async function pairs(rounds: number): Promise<[number, number][]> {
  const warming = await planned()
  const measured: [number, number][] = []
  if (rounds > 0) await bare(warming)
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now()
    const requests = await planned()
    const middle = performance.now()
    await bare(requests)
    measured.push([middle - start, performance.now() - middle])
  }
  return measured
}

interface Sent {
  readonly url: string
  readonly authorization: string
}

async function planned(): Promise<readonly Sent[]> {
  const sent: Sent[] = []
  const real = nodeFetch()
  const fetch: CallContext['fetch'] = (url, init) => {
    sent.push({ url, authorization: init.headers['authorization'] ?? '' })
    return real(url, init)
  }
  const context = { signal, now: Date.now, fetch, env: process.env, warn: () => undefined }
  const { owner, services } = file
  const targets = services.flatMap((service) => service.targets)
  const trust = await cloud.trust({ owner, services, targets, context })
  const plan = await makePlan({ owner, resources: trust.resources, found: await trust.discover(signal), signal })
  if (plan.work.some(({ step }) => step.action !== 'none')) throw new Error('the plan is no no-op')
  return sent
}

/**
 * The same requests and the administrator's tokens for them, by connections of their own and as many at once: eight in each
 * tenant. Nothing is made of their answers.
 */
async function bare(requests: readonly Sent[]): Promise<void> {
  const agent = new Agent({ keepAlive: true })
  const tenants = [...new Set(file.services.flatMap(({ targets }) => targets.map(({ wish }) => tenantOf(wish))))]
  await Promise.all(
    tenants.map(async (tenant) => {
      for (const resource of ['https://graph.microsoft.com', 'https://management.azure.com']) {
        await answered(agent, `${authority}/${tenant}/oauth2/v2.0/token`, {}, formFor(resource))
      }
      const own = requests.filter(({ authorization }) => readJwt(authorization.slice(7)).claims['tid'] === tenant)
      await forEachLimited(own, 8, ({ url, authorization }) => answered(agent, url, { authorization }))
    }),
  )
  agent.destroy()
}

function formFor(resource: string): string {
  return new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: process.env['AZURE_CLIENT_ID'] ?? '',
    client_secret: process.env['AZURE_CLIENT_SECRET'] ?? '',
    scope: `${resource}/.default`,
  }).toString()
}

function tenantOf(wish: unknown): string {
  return typeof wish === 'object' && wish !== null && 'tenant' in wish ? String(wish.tenant) : ''
}

function answered(agent: Agent, url: string, headers: Record<string, string>, body?: string): Promise<void> {
  const form = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }
  return new Promise((resolve, reject) => {
    const options = { agent, method: body === undefined ? 'GET' : 'POST', headers: { ...headers, ...form } }
    const request = send(url, options, (response) => {
      response.resume()
      response.once('end', () =>
        response.statusCode === 200 ? resolve() : reject(new Error(`${url} answered ${response.statusCode}`)),
      )
    })
    request.once('error', reject).end(body)
  })
}

/** How many different tokens parallel callers of one credential get. */
async function parallelTokens(callers: number): Promise<number> {
  const name = 'service-0'
  const { targets, issuer } = JSON.parse(readFileSync(join(folder, `${name}.federate.json`), 'utf8'))
  const credential = azureCredential({
    token: keycloak({
      issuer: issuer.url,
      clientId: name,
      auth: clientSecret({ file: join(folder, 'secrets', name) }),
    }),
    tenantId: targets.t0.tenantId,
    clientId: targets.t0.clientId,
  })
  const ask = () => credential.getToken('https://storage.azure.com/.default')
  const answers = await Promise.all(Array.from({ length: callers }, ask))
  return new Set(answers.map((answer) => answer?.token)).size
}
