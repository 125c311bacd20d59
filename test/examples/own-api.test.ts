import { type ChildProcess, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { keycloakAvailability } from '../keycloak/availability.ts'
import { borrowKeycloak } from '../keycloak/borrow.ts'
import { freePort } from '../keycloak/ports.ts'
import { firstStart } from '../keycloak/server.ts'
import { paste, readHandover } from '../keys/customer.ts'
import { type KeysPlace, startKeysPlace } from '../keys/customer-place.ts'

const example = (name: string) => fileURLToPath(new URL(`../../examples/own-api/${name}`, import.meta.url))

describe.skipIf(!keycloakAvailability().available)('the examples of own APIs, on a real Keycloak', () => {
  let started: KeysPlace | undefined
  const running: ChildProcess[] = []
  const place = (): KeysPlace => {
    if (started === undefined) throw new Error('Keycloak has not started')
    return started
  }
  beforeAll(async () => {
    started = await startKeysPlace(await borrowKeycloak(), await readFile(example('federate.yaml'), 'utf8'))
  }, firstStart)
  afterEach(() => {
    for (const child of running.splice(0)) child.kill()
  })
  afterAll(async () => started?.close())

  const run = (script: string, env: Readonly<Record<string, string>>) => {
    const child = spawn(process.execPath, [example(script)], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    running.push(child)
    return child
  }

  /** Starts an API and waits until it listens. */
  const serve = async (script: string, env: Readonly<Record<string, string>>): Promise<string> => {
    const port = await freePort()
    const child = run(script, { ...env, PORT: String(port) })
    let output = ''
    await new Promise<void>((resolve, reject) => {
      child.stdout.setEncoding('utf8').on('data', (text) => {
        if (text.includes('listening')) resolve()
      })
      child.stderr.setEncoding('utf8').on('data', (text) => {
        output += text
      })
      child.once('close', () => reject(new Error(`${script} ended: ${output}`)))
    })
    return `http://127.0.0.1:${port}`
  }

  const outputOf = async (child: ReturnType<typeof run>): Promise<string> => {
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text
      })
    }
    await new Promise((resolve) => child.once('close', resolve))
    return output.trim()
  }

  it('api-for-customers.ts: a customer’s key, from issue to revoke', async () => {
    const url = await serve('api-for-customers.ts', { ISSUER: place().issuer })
    const reader = readHandover((await place().federate('keys issue acme --api orders --role reader')).stdout)
    const both = readHandover((await place().federate('keys issue globex --api orders --role reader writer')).stdout)
    const call = async (token: string, init: { method?: string; body?: string } = {}) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const answer = await fetch(`${url}/orders`, { ...init, headers })
      return [answer.status, await answer.json()]
    }
    const order = { method: 'POST', body: '{"item":"anvil"}' }
    const [acme, globex] = [await paste('node', reader, place().folder), await paste('node', both, place().folder)]
    expect(await call(globex, order)).toEqual([201, ['anvil']])
    expect(await call(globex)).toEqual([200, ['anvil']])
    expect(await call(acme)).toEqual([200, []])
    expect(await call(acme, order)).toEqual([403, expect.objectContaining({ error: 'insufficient_scope' })])
    await place().federate('keys revoke acme')
    expect(await paste('node', reader, place().folder)).toBe('undefined')
  })

  it('service-to-service.ts: a policy on the claims environment and tenant_id', async () => {
    const API = `${await serve('service-to-service.ts', { ISSUER: place().issuer })}/tenant`
    const callAs = (name: string) => {
      const SECRET_FILE = join(place().folder, 'secrets', name)
      return outputOf(run('call-as-service.ts', { ISSUER: place().issuer, CLIENT_ID: name, SECRET_FILE, API }))
    }
    expect(await callAs('billing')).toBe('200 {"service":"billing","tenant":"123"}')
    expect(await callAs('staging')).toMatch(/^403 Bearer realm="api", error="insufficient_scope"/)
  })

  it('multi-tenant.ts: a realm per tenant, each for its own tokens', async () => {
    const other = place().keycloak.issuer('globex')
    await place().keycloak.admin.create('', { realm: 'globex', enabled: true, sslRequired: 'external' })
    const yaml = (await place().read('federate.yaml')).replace(place().issuer, other).replaceAll('secrets/', 'globex/')
    await place().write('globex.yaml', yaml)
    expect((await place().federate('setup keycloak --yes --no-verify -c globex.yaml')).status).toBe(0)
    const trusted = await serve('multi-tenant.ts', { REALMS: `acme=${place().issuer},globex=${other}` })
    const onlyOther = await serve('multi-tenant.ts', { REALMS: `globex=${other}` })
    const callAs = (issuer: string, folder: string, api: string) => {
      const SECRET_FILE = join(place().folder, folder, 'billing')
      return outputOf(run('call-as-service.ts', { ISSUER: issuer, CLIENT_ID: 'billing', SECRET_FILE, API: api }))
    }
    expect(await callAs(place().issuer, 'secrets', trusted)).toBe('200 {"tenant":"acme","client":"billing"}')
    expect(await callAs(other, 'globex', trusted)).toBe('200 {"tenant":"globex","client":"billing"}')
    expect(await callAs(place().issuer, 'secrets', onlyOther)).toMatch(/^401 Bearer realm="api", error="invalid_token"/)
  })
})
