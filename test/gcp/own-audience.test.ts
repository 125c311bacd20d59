import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Place } from '../cli/harness.ts'
import { googlePlace, project, twoServices } from './place.ts'

const number = '415104041262'
const name = `projects/${number}/locations/global/workloadIdentityPools/own-pool/providers/keycloak`
const own = `audience: provider, projectNumber: "${number}", pool: own-pool, provider: keycloak`

let place: Place
beforeAll(async () => {
  place = await googlePlace(twoServices.replace('serviceAccount: billing', `serviceAccount: billing, ${own}`))
})
afterAll(() => place.close())

describe('audience: provider', () => {
  it('lists no audience at the provider, and asks the issuer for its name', async () => {
    const { status, stdout } = await place.federate('setup gcp --yes')
    expect([status, stdout]).toEqual([0, expect.stringContaining('verified billing/lake')])
    const pools = place.sandbox.gcp.project(project).pools
    expect(pools.get('own-pool')?.providers.get('keycloak')?.current?.allowedAudiences).toEqual([])
    const token = await place.asService('token --service billing.federate.json --for lake')
    expect(token.stdout).toContain(`"aud": "https://iam.googleapis.com/${name}"`)
  })

  it('leaves the other service with the audience that all share', async () => {
    const token = await place.asService('token --service reporting.federate.json')
    expect(token.stdout).toContain('"aud": "sts.googleapis.com"')
  })

  it('is explained', async () => {
    expect((await place.federate('explain gcp billing')).status).toBe(0)
  })

  it('notices a number of another project', async () => {
    const yaml = await place.read('federate.yaml')
    await place.write('federate.yaml', yaml.replace(number, '1234'))
    const { status, stderr } = await place.federate('plan gcp')
    expect([status, stderr]).toEqual([64, expect.stringContaining(`has the number 1234, and Google says ${number}`)])
  })
})
