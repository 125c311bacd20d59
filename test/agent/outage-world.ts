import { setTimeout as wait } from 'node:timers/promises'
import { basicScope, type ClientDefinition } from '@federate/sandbox'
import { makePlace, type Place } from '../cli/harness.ts'
import { RunningAgent } from '../cli/running-agent.ts'
import { type BriefSts, briefSts } from './brief-sts.ts'

/** Seconds that an issuer's token, and what it is exchanged for, are said to live. */
const [briefToken, briefCredentials] = [3, 6]
export const services = ['brief-0', 'brief-1', 'brief-2', 'brief-3'] as const

/** What the issuer must know of the services. */
export const briefClients: readonly ClientDefinition[] = services.map((clientId) => ({
  clientId,
  secret: 'only-for-tests',
  defaultScopes: [basicScope],
  optionalScopes: ['federate-aws'],
  claims: {},
  accessTokenLifespan: briefToken,
}))

/** Services whose credentials live for seconds, so that every fault meets a renewal, and their place. */
export class OutageWorld {
  readonly place: Place
  readonly sts: BriefSts
  readonly #agents: RunningAgent[] = []

  private constructor(place: Place, sts: BriefSts) {
    this.place = place
    this.sts = sts
  }

  static async make(issuer: string): Promise<OutageWorld> {
    const place = await makePlace(yaml(issuer))
    await place.startSandbox({ issuers: false })
    await place.write('secret', 'only-for-tests')
    const setup = await place.federate('setup aws --yes')
    if (setup.status !== 0) throw new Error(setup.stderr)
    return new OutageWorld(place, await briefSts(place.sandbox.env['AWS_ENDPOINT_URL_STS'] ?? '', briefCredentials))
  }

  /** An agent for all services that reaches STS at this port: the sandbox's own without one. */
  async agent(name: string, stsPort?: number): Promise<RunningAgent> {
    const brief = stsPort === undefined ? {} : { AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${stsPort}` }
    const files = services.map((service) => `${service}.federate.json`)
    const agent = RunningAgent.start(this.place, name, files, brief)
    this.#agents.push(agent)
    await agent.ready()
    return agent
  }

  async close(): Promise<void> {
    await Promise.all(this.#agents.map((agent) => agent.end()))
    await this.sts.close()
    await this.place.close()
  }
}

function yaml(issuer: string): string {
  const each = services.map(
    (name) => `  ${name}:
    auth: { method: client_secret_basic, secret: { file: secret } }
    targets: { s3: { cloud: aws, account: "123456789012", role: ${name} } }
`,
  )
  return `version: 1
owner: acme
issuers: { main: { url: "${issuer}", kind: keycloak } }
services:
${each.join('')}`
}

/** Until everything that the agent lends was renewed when it was last tried. */
export async function allFresh(agent: RunningAgent): Promise<void> {
  for (;;) {
    const { lent }: { lent: readonly { state: string }[] } = JSON.parse((await agent.get('/readyz')).body)
    if (lent.every(({ state }) => state === 'fresh')) return
    await wait(50)
  }
}

/** How many renewals failed, by the agent's own metrics. */
export async function failures(agent: RunningAgent): Promise<number> {
  const { body } = await agent.get('/metrics')
  const counts = body.matchAll(/^federate_renewals_total\{.*outcome="failure"\} (\d+)$/gm)
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0)
}
