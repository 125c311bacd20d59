import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Place } from '../cli/harness.ts'
import { googlePlace, project, provider, twoServices } from './place.ts'

let place: Place
beforeAll(async () => {
  place = await googlePlace(twoServices.replaceAll(`project: ${project}`, `project: ${project}, keys: uploaded`))
})
afterAll(() => place.close())

const uploaded = (): readonly object[] => JSON.parse(provider(place).current.jwksJson ?? '').keys

describe('the keys of an issuer that Google cannot reach', () => {
  it('are uploaded with nothing but what Google takes, and serve', async () => {
    const { status, stdout, stderr } = await place.federate('setup gcp --yes')
    expect([status, stdout]).toEqual([0, expect.stringContaining('verified billing/lake')])
    expect(stderr).toMatch(/uploaded keys: \["[\w-]+"\]/)
    expect(uploaded().map((key) => Object.keys(key).sort())).toEqual([['alg', 'e', 'kid', 'kty', 'n', 'use']])
    expect((await place.federate('plan gcp')).status).toBe(0)
  })

  it('are seen to differ after a rotation, refused until then, and uploaded anew', async () => {
    const realm = place.sandbox.issuer.realm(place.issuer)
    await realm?.rotateKeys()
    const refused = await place.asService('credentials gcp --service billing.federate.json --no-cache')
    expect([refused.status, refused.stderr]).toEqual([3, expect.stringContaining('GCP_ISSUER_NOT_CONNECTED')])
    const drift = await place.federate('status gcp')
    expect([drift.status, drift.stdout]).toEqual([2, expect.stringContaining('uploaded keys:')])
    expect((await place.federate('setup gcp --yes')).stdout).toContain('verified billing/lake')
    expect(uploaded()).toHaveLength(2)
  })

  it('are left to the issuer again when federate.yaml says so', async () => {
    await place.write('federate.yaml', (await place.read('federate.yaml')).replaceAll('uploaded', 'published'))
    const { stdout, stderr } = await place.federate('setup gcp --yes')
    expect(stderr).toContain('none: those that the issuer publishes')
    expect(stdout).toContain('verified billing/lake')
    expect(provider(place).current.jwksJson).toBeUndefined()
  })

  it('are fetched by the authority that the issuer has', async () => {
    const yaml = twoServices
      .replaceAll('ISSUER', place.issuer)
      .replaceAll(`project: ${project}`, `project: ${project}, keys: uploaded`)
    await place.write('federate.yaml', yaml.replace('kind: keycloak', 'kind: keycloak, ca: authority.pem'))
    const { status, stderr } = await place.federate('plan gcp')
    expect([status, stderr]).toEqual([64, expect.stringContaining(place.path('authority.pem'))])
  })
})
