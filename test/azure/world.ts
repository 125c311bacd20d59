import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls from 'node:tls'
import type { AzureRuntime } from '@federate/azure'
import { azure } from '@federate/azure/cloud'
import { type AzureWish, azureTrust } from '@federate/azure/trust'
import {
  type CallContext,
  type FederateFile,
  nodeFetch,
  type ServiceWish,
  type TargetWish,
  Token,
  type TokenSource,
} from '@federate/core'
import { applyPlan, makeDestroyPlan, makePlan, type Plan, type PlannedStep } from '@federate/core/plan'
import { type Sandbox, startSandbox } from '@federate/sandbox'
import { freePort } from '../keycloak/ports.ts'

export const tenant = '2a585d57-a5a8-4688-a60c-9796389eae7a'
export const subscription = 'bb7555b6-56fa-4fa6-bff9-f1fe38507c01'
export const group = `/subscriptions/${subscription}/resourceGroups/data`
export const signal = new AbortController().signal
const reader = { role: 'Storage Blob Data Reader', scope: group }

export const byApplication = { tenant, application: 'billing', roles: [reader] }
export const byIdentity = {
  tenant,
  managedIdentity: { subscription, resourceGroup: 'identities', name: 'reporting', location: 'westeurope' },
  roles: [reader],
}

/** Wishes of services in the sandbox's Azure. */
export interface Wanted {
  readonly services: readonly ServiceWish[]
  readonly targets: readonly TargetWish<AzureWish>[]
}

export interface World {
  readonly sandbox: Sandbox
  readonly issuer: string
  readonly context: CallContext
  readonly warnings: string[]
  /** How long was waited, in seconds. */
  readonly waits: number[]
  wanted(wishes: Readonly<Record<string, Readonly<Record<string, unknown>>>>): Promise<Wanted>
  trust(wanted: Wanted, fetch?: CallContext['fetch']): ReturnType<typeof azureTrust>
  plan(wanted: Wanted, options?: PlanOptions): Promise<Plan>
  setUp(wanted: Wanted): Promise<readonly PlannedStep[]>
  destroy(wanted: Wanted): Promise<readonly PlannedStep[]>
  /** Tokens of one service, as the issuer gives them for Azure. */
  tokens(service: string, claims?: Readonly<Record<string, unknown>>): TokenSource
  /** What was set up for the service. */
  runtime(wanted: Wanted, service: string): Promise<AzureRuntime>
  /** Exchanges a token of the service for it. */
  exchange(wanted: Wanted, service: string, source?: TokenSource): ReturnType<typeof azure.exchange>
}

interface PlanOptions {
  readonly adopt?: readonly string[]
  readonly prune?: boolean
  /** Carries the requests of the plan, and of who applies it. Default: the world's own. */
  readonly fetch?: CallContext['fetch']
}

export async function startWorld(services: readonly string[]): Promise<World> {
  const port = await freePort()
  const issuer = `http://127.0.0.1:${port}/realms/acme`
  const warnings: string[] = []
  const waits: number[] = []
  const wishes = Object.fromEntries(services.map((name) => [name, name === 'reporting' ? byIdentity : byApplication]))
  const environment = Object.fromEntries(services.map((name) => [`${name.toUpperCase()}_SECRET`, 'secret']))
  const sandbox = await startSandbox({ file: fileOf(issuer, await wantedAt(issuer, wishes)), environment })
  // @azure/identity reads the environment, but for NODE_EXTRA_CA_CERTS, which counts when a process starts.
  Object.assign(process.env, sandbox.env)
  trustAuthority(sandbox.azure.authority)
  const fetch = nodeFetch({ ca: { pem: sandbox.azure.authority } })
  const context = { signal, now: Date.now, fetch, env: sandbox.env, warn: (text: string) => void warnings.push(text) }
  const sleep = async (seconds: number) => void waits.push(seconds)
  const trust: World['trust'] = ({ services, targets }, fetch = context.fetch) =>
    azureTrust({ owner: 'acme', services, targets, context: { ...context, fetch } }, sleep)
  const plan: World['plan'] = async (wanted, { adopt = [], prune = false, fetch } = {}) => {
    const opened = await trust(wanted, fetch)
    const found = await opened.discover(signal)
    return makePlan({ owner: 'acme', resources: opened.resources, found, signal, adopt: new Set(adopt), prune })
  }
  const tokens: World['tokens'] = (service, claims = {}) => ({
    getToken: async () => {
      const realm = sandbox.issuer.realm(issuer)
      const client = realm?.running.definition.clients.find(({ clientId }) => clientId === service)
      if (realm === undefined || client === undefined) throw new Error(`the sandbox knows no client ${service}`)
      return new Token(await realm.signToken(client, ['federate-azure'], claims), new Date(Date.now() + 600_000))
    },
  })
  const runtime: World['runtime'] = async (wanted, service) => {
    const opened = await trust(wanted)
    const outputs = new Map<string, unknown>()
    for (const resource of opened.resources) outputs.set(resource.address, await resource.read(signal))
    const target = wanted.targets.find((one) => one.service === service)
    if (target === undefined) throw new Error(`${service} has no target`)
    return opened.resolve(target, outputs)
  }
  return {
    sandbox,
    issuer,
    context,
    warnings,
    waits,
    wanted: (given) => wantedAt(issuer, given),
    trust,
    plan,
    setUp: async (wanted) => (await applyPlan(await plan(wanted), { signal })).done,
    destroy: async (wanted) => {
      const found = await (await trust(wanted)).discover(signal)
      return (await applyPlan(await makeDestroyPlan({ owner: 'acme', found, signal }), { signal })).done
    },
    tokens,
    runtime,
    exchange: async (wanted, service, source = tokens(service)) =>
      azure.exchange(await runtime(wanted, service), source, context),
  }
}

/** The types of Node 24.0 do not know the function yet. */
function trustAuthority(certificate: string): void {
  const set: unknown = Reflect.get(tls, 'setDefaultCACertificates')
  if (typeof set !== 'function') throw new Error('this Node cannot trust a further authority while it runs')
  set([...tls.getCACertificates(), certificate])
}

async function wantedAt(issuer: string, wishes: Readonly<Record<string, object>>): Promise<Wanted> {
  const schema = await azure.wish()
  const targets = Object.entries(wishes).map(([service, wish]) => {
    return { service, name: 'files', cloud: 'azure', wish: schema.parse(wish) }
  })
  const services = targets.map((target): ServiceWish => {
    const { service: name } = target
    return {
      name,
      issuerName: 'main',
      issuer: { url: issuer, kind: 'keycloak' },
      clientId: name,
      subject: `service-account-${name}`,
      auth: { method: 'client_secret_basic', secret: { env: `${name.toUpperCase()}_SECRET` } },
      claims: {},
      targets: [target],
    }
  })
  return { targets, services }
}

function fileOf(url: string, { services }: Wanted): FederateFile {
  const path = join(tmpdir(), 'federate.yaml')
  return { path, owner: 'acme', issuers: { main: { url, kind: 'keycloak' } }, services, apis: [] }
}
