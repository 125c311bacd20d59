/**
 * A no-op plan over 20 accounts with 100 services each, against the bare calls of the SDK at the same concurrency. Prints
 * a table; asserts nothing. Both run in processes of their own, beside the sandbox.
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { makePlace, type Place } from '../cli/harness.ts'

const accounts = Array.from({ length: 20 }, (_, index) => String(100_000_000_000 + index))
const perAccount = Number(process.env['SERVICES'] ?? 100)
const rounds = Number(process.env['ROUNDS'] ?? 7)
const child = fileURLToPath(new URL('plan-accounts-child.ts', import.meta.url))

interface Measured {
  readonly milliseconds: number
  readonly megabytes: number
}

const place = await makePlace(yaml())
try {
  await place.startSandbox()
  await writeAccess(place)
  const env = { AWS_CONFIG_FILE: place.path('config') }
  const applied = await place.federate('setup aws --yes --no-verify', { env })
  if (applied.status !== 0) throw new Error(applied.stderr.slice(-2000))
  const { requests } = place.sandbox.aws
  const first = requests.length
  await measure('plan')
  const calls = requests.slice(first).map(({ action }) => action)
  const pairs: [Measured, Measured][] = []
  for (let round = 0; round < rounds; round += 1) pairs.push([await measure('bare'), await measure('plan')])
  report(calls, pairs)
} finally {
  await place.close()
}

function report(calls: readonly string[], pairs: readonly [Measured, Measured][]): void {
  const byAction = Object.entries(Object.groupBy(calls, (action) => action))
  console.log(`${accounts.length} accounts x ${perAccount} services: ${calls.length} calls`)
  console.log(byAction.map(([action, of = []]) => `${of.length} ${action}`).join(', '))
  const ratios = pairs.map(([bare, plan]) => plan.milliseconds / bare.milliseconds).sort((one, other) => one - other)
  const shown = (value: number | undefined) => (value ?? Number.NaN).toFixed(2)
  const times = pairs.at(-1)
  console.log('| what | against | ratio of medians (range) | aim | ms | MB |\n|---|---|---|---|---|---|')
  console.log(
    `| no-op plan | the same calls, bare | ${shown(ratios[Math.floor(ratios.length / 2)])} (${shown(ratios[0])}–${shown(ratios.at(-1))}) | ≤ 1.3 | ${times?.[1].milliseconds.toFixed(0)} / ${times?.[0].milliseconds.toFixed(0)} | ${times?.[1].megabytes.toFixed(0)} / ${times?.[0].megabytes.toFixed(0)} |`,
  )
}

async function measure(what: 'plan' | 'bare'): Promise<Measured> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(AWS|FEDERATE)_/.test(name))
  const env = {
    ...Object.fromEntries(inherited),
    ...place.sandbox.env,
    AWS_CONFIG_FILE: place.path('config'),
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
  }
  const started = spawn(process.execPath, [child, what, place.folder], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  for await (const chunk of started.stdout) text += chunk
  return JSON.parse(text)
}

async function writeAccess({ sandbox, write }: Place): Promise<void> {
  const keys = accounts.map((account) => [account, sandbox.aws.adminCredentials(account)] as const)
  const profiles = keys.map(
    ([account, { accessKeyId, secretAccessKey }]) =>
      `[profile a${account}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
  )
  await write.call(place, 'config', profiles.join('\n'))
  const lines = accounts.map((account) => `    "${account}": { profile: a${account} }`)
  await write.call(place, 'federate.admin.yaml', `version: 1\naws:\n  accounts:\n${lines.join('\n')}\n`)
}

function yaml(): string {
  const services = Array.from({ length: perAccount }, (_, index) => {
    const targets = accounts.map(
      (account) =>
        `      a${account}: { cloud: aws, account: "${account}", role: service-${index}, policies: [arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess] }`,
    )
    return `  service-${index}:\n    auth: { method: client_secret_basic, secret: { file: secrets/service-${index} } }\n    targets:\n${targets.join('\n')}`
  })
  return `version: 1\nowner: acme\nissuers: { main: { url: ISSUER, kind: keycloak } }\nservices:\n${services.join('\n')}\n`
}
