/** No-op `plan aws` for 1, 100 and 1,000 services: how many calls AWS gets. Prints a table; asserts nothing. */
import { makePlace } from '../cli/harness.ts'

console.log('| services | calls of the no-op plan | by action | first apply, calls | plan ms |')
console.log('|---|---|---|---|---|')
for (const count of [1, 100, 1000]) await measure(count)

async function measure(count: number): Promise<void> {
  const place = await makePlace(yamlFor(count))
  try {
    await place.startSandbox()
    const { requests } = place.sandbox.aws
    const applied = await place.federate('setup aws --yes --no-verify')
    if (applied.status !== 0) throw new Error(applied.stderr)
    const [first, start] = [requests.length, Date.now()]
    const plan = await place.federate('plan aws')
    if (plan.status !== 0) throw new Error(`${plan.stdout}${plan.stderr}`)
    const calls = requests.slice(first).map(({ action }) => action)
    const counts = Object.entries(Object.groupBy(calls, (action) => action)).map(
      ([action, of = []]) => `${of.length} ${action}`,
    )
    console.log(`| ${count} | ${calls.length} | ${counts.join(', ')} | ${first} | ${Date.now() - start} |`)
  } finally {
    await place.close()
  }
}

function yamlFor(count: number): string {
  const services = Array.from({ length: count }, (_, index) => {
    const name = `service-${index}`
    return `  ${name}: { auth: { method: client_secret_basic, secret: { file: secrets/${name} } }, targets: { s3: { cloud: aws, account: "123456789012", role: ${name}, policies: [arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess] } } }`
  })
  return `version: 1\nowner: acme\nissuers: { main: { url: ISSUER, kind: keycloak } }\nservices:\n${services.join('\n')}\n`
}
