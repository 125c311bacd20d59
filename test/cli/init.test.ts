import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makePlace, type Place } from './harness.ts'

let place: Place
beforeAll(async () => {
  place = await makePlace()
})
afterAll(() => place.close())

const flags =
  '--owner acme --issuer https://keycloak.example.com/realms/prod --service billing --account 123456789012 --role billing'

describe('federate init', () => {
  it('writes a file that plan understands', async () => {
    const init = await place.federate(`init -c first.yaml ${flags}`)
    expect(init).toMatchObject({ status: 0, stdout: `${place.path('first.yaml')}\n` })
    const file = await place.read('first.yaml')
    expect(file).toContain('owner: acme')
    expect(file).toContain('/run/secrets/billing')
    const plan = await place.federate('explain aws -c first.yaml')
    expect(plan.stdout).toContain('accepted by aws')
  })

  it('writes a first target in Azure', async () => {
    const words = '--owner acme --issuer https://keycloak.example.com/realms/prod --service billing --cloud azure'
    const tenant = '2a585d57-a5a8-4688-a60c-9796389eae7a'
    const init = await place.federate(`init -c azure.yaml ${words} --tenant ${tenant} --application billing`)
    expect(init.status).toBe(0)
    expect((await place.federate('explain azure -c azure.yaml')).stdout).toContain('accepted by azure')
    const wrong = await place.federate(`init -c azure-2.yaml ${words} --tenant contoso.com --application billing`)
    expect(wrong.status).toBe(64)
    expect(wrong.stderr).toContain('got the domain contoso.com')
  })

  it('refuses to write over a file', async () => {
    const init = await place.federate(`init ${flags}`)
    expect(init.status).toBe(64)
    expect(init.stderr).toContain('FILE_EXISTS')
    expect(await place.read('federate.yaml')).toContain('reporting')
  })

  it('says which flag is missing when nobody can be asked', async () => {
    const init = await place.federate('init -c second.yaml --owner acme --service billing')
    expect(init.status).toBe(64)
    expect(init.stderr).toContain('--issuer was not given')
  })

  it('checks what it was told before it writes', async () => {
    const init = await place.federate(`init -c third.yaml ${flags} --account 1234`)
    expect(init.status).toBe(64)
    expect(init.stderr).toContain('1234')
    await expect(place.read('third.yaml')).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
