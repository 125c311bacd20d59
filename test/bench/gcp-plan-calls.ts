/** First plan of 20 Google Cloud projects with 50 services each: how many calls Google gets. Prints a table; asserts nothing. */
import { makePlace } from '../cli/harness.ts'

const [projects, services] = [20, 50]

const place = await makePlace(yaml())
try {
  await place.startSandbox()
  const { requests } = place.sandbox.gcp
  const start = Date.now()
  const plan = await place.federate('plan gcp')
  if (plan.status !== 2) throw new Error(`${plan.stdout}${plan.stderr}`)
  const counts = Object.entries(Object.groupBy(requests, (method) => method))
  console.log('| projects | services | calls of the plan | by method | plan ms |')
  console.log('|---|---|---|---|---|')
  const byMethod = counts.map(([method, of = []]) => `${of.length} ${method}`).join(', ')
  console.log(`| ${projects} | ${services} each | ${requests.length} | ${byMethod} | ${Date.now() - start} |`)
} finally {
  await place.close()
}

function yaml(): string {
  const names = Array.from({ length: services }, (_, index) => `service-${index}`)
  const targets = Array.from(
    { length: projects },
    (_, index) => `p${index}: { cloud: gcp, project: project-${index}, roles: [roles/storage.objectViewer] }`,
  )
  const wishes = names.map(
    (name) =>
      `  ${name}: { auth: { method: client_secret_basic, secret: { file: secrets/${name} } }, targets: { ${targets.join(', ')} } }`,
  )
  return `version: 1\nowner: acme\nissuers: { main: { url: ISSUER, kind: keycloak } }\nservices:\n${wishes.join('\n')}\n`
}
