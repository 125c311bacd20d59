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

  it('writes a first target in Google Cloud, with a service account or without', async () => {
    const words = '--owner acme --issuer https://keycloak.example.com/realms/prod --service billing --cloud gcp'
    const neither = await place.federate(`init -c gcp.yaml ${words} --project acme-prod`)
    expect(neither.stderr).toContain('--project-role  Role on the project')
    const direct = '--project acme-prod --project-role roles/storage.objectViewer'
    const init = await place.federate(`init -c gcp.yaml ${words} ${direct}`)
    expect(init.status).toBe(0)
    expect(await place.read('gcp.yaml')).not.toContain('serviceAccount')
    expect((await place.federate('explain gcp -c gcp.yaml')).stdout).toContain('accepted by gcp')
    const account = '--project acme-prod --service-account billing-svc'
    expect((await place.federate(`init -c gcp-2.yaml ${words} ${account}`)).status).toBe(0)
    expect(await place.read('gcp-2.yaml')).toContain('serviceAccount: billing-svc')
    const wrong = await place.federate(`init -c gcp-3.yaml ${words} --project 123 --service-account x`)
    expect(wrong.status).toBe(64)
    expect(wrong.stderr).toContain("--project: expected the project's id, such as acme-prod, got its number 123")
    expect(wrong.stderr).toContain('--service-account: expected an id for a new service account')
  })

  it('names the flag that an issuer of another kind needs', async () => {
    const init = await place.federate(`init -c oidc.yaml ${flags} --kind oidc`)
    expect(init.status).toBe(64)
    expect(init.stderr).toContain("--subject: is missing, expected the sub of this service's tokens")
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
    expect(init.stderr).toContain('error FLAG_MISSING')
    expect(init.stderr).toMatch(/not given was:\n {4}--issuer {3}Issuer URL.*\n {4}--account {2}AWS.*\n {4}--role /)
  })

  it('checks what it was told before it writes', async () => {
    const init = await place.federate(`init -c third.yaml ${flags} --account 1234 --policy nothing --owner Acme`)
    expect(init.status).toBe(64)
    expect(init.stderr).toContain('error FLAG_INVALID')
    expect(init.stderr).toContain('--account: expected 12 digits, got 4 digits (1234).')
    expect(init.stderr).toMatch(/^ {2}--policy: /m)
    expect(init.stderr).toMatch(/^ {2}--owner: /m)
    expect(init.stderr).not.toContain('third.yaml')
    await expect(place.read('third.yaml')).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
