/**
 * A no-op plan over 10 tenants with 20 managed identities each, against the same requests sent bare; and a hundred parallel
 * `getToken`. Prints tables; asserts nothing. What is measured runs in a process of its own, beside the sandbox.
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { makePlace } from '../cli/harness.ts'

const tenants = Array.from({ length: 10 }, (_, index) => `2a585d57-a5a8-4688-a60c-9796389eae${70 + index}`)
const perTenant = 20
const rounds = process.env['ROUNDS'] ?? '7'
const child = fileURLToPath(new URL('azure-plan-child.ts', import.meta.url))

const place = await makePlace(yaml())
try {
  await place.startSandbox()
  const applied = await place.federate('setup azure --yes --no-verify')
  if (applied.status !== 0) throw new Error(applied.stderr.slice(-2000))
  const { requests } = place.sandbox.azure
  const first = requests.length
  await measure('plan', '0')
  const calls = requests.slice(first).map(kindOf)
  console.log(`${tenants.length} tenants x ${perTenant} managed identities: ${calls.length} calls of the no-op plan`)
  console.log(
    Object.entries(Object.groupBy(calls, (kind) => kind))
      .map(([kind, of = []]) => `${of.length} ${kind}`)
      .join(', '),
  )
  const pairs: [number, number][] = JSON.parse(await measure('plan', rounds))
  const ratios = pairs.map(([plan, bare]) => plan / bare).sort((one, other) => one - other)
  const shown = (value: number | undefined) => (value ?? Number.NaN).toFixed(2)
  const [planned = 0, bare = 0] = pairs.at(-1) ?? []
  console.log('| what | against | ratio of medians (range) | ms |\n|---|---|---|---|')
  console.log(
    `| no-op plan | the same requests, bare | ${shown(ratios[Math.floor(ratios.length / 2)])} (${shown(ratios[0])}–${shown(ratios.at(-1))}) | ${planned.toFixed(0)} / ${bare.toFixed(0)} |`,
  )
  const issued = () => place.sandbox.issuer.realm(place.issuer)?.requests('token') ?? 0
  const [tokens, exchanges] = [issued(), requests.length]
  const different = await measure('tokens', '100')
  console.log('| parallel getToken | different tokens | issuer requests | exchanges |\n|---|---|---|---|')
  console.log(`| 100 | ${different} | ${issued() - tokens} | ${requests.length - exchanges} |`)
} finally {
  await place.close()
}

async function measure(what: 'plan' | 'tokens', count: string): Promise<string> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(AZURE|FEDERATE)_/.test(name))
  const env = { ...Object.fromEntries(inherited), ...place.sandbox.env }
  const started = spawn(process.execPath, [child, what, place.folder, count], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  for await (const chunk of started.stdout) text += chunk
  return text.trim()
}

/** A request without the names in it. */
function kindOf(request: string): string {
  return request.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '{id}').replaceAll(/service-\d+/g, '{name}')
}

function yaml(): string {
  const services = Array.from({ length: perTenant }, (_, index) => {
    const targets = tenants.map((tenant, position) => {
      const subscription = tenant.replace('2a', 'bb')
      const identity = `{ subscription: ${subscription}, resourceGroup: identities, name: service-${index}, location: westeurope }`
      const role = `{ role: Reader, scope: /subscriptions/${subscription} }`
      return `      t${position}: { cloud: azure, tenant: ${tenant}, managedIdentity: ${identity}, roles: [${role}] }`
    })
    return `  service-${index}:\n    auth: { method: client_secret_basic, secret: { file: secrets/service-${index} } }\n    targets:\n${targets.join('\n')}`
  })
  return `version: 1\nowner: acme\nissuers: { main: { url: ISSUER, kind: keycloak } }\nservices:\n${services.join('\n')}\n`
}
