import { it } from 'vitest'
import { firstStart } from '../keycloak/server.ts'
import { startKeysPlace } from './customer-place.ts'
import { execFileSync } from 'node:child_process'

it('try', async () => {
  const rot = process.env['ROT'] !== undefined
  const place = await startKeysPlace({ version: process.env['V'] ?? '26.7.4', relativePath: process.env['P'] ?? '/', ...(rot ? { features: ['client-secret-rotation'] } : {}) })
  const show = (r: any) => console.log(r.status, r.stdout, r.stderr)
  try {
    const pol = async () => {
      await place.keycloak.admin.put('/acme/client-policies/profiles', { profiles: [{ name: 'rotate', executors: [{ executor: 'secret-rotation', configuration: { 'expiration-period': 2505600, 'rotated-expiration-period': 172800, 'remaining-rotation-period': 864000 } }] }] })
      await place.keycloak.admin.put('/acme/client-policies/policies', { policies: [{ name: 'rotate', enabled: true, conditions: [{ condition: 'client-access-type', configuration: { type: ['confidential'] } }], profiles: ['rotate'] }] })
    }
    if (rot) await pol()
    const issued = await place.federate('keys issue acme --api orders --role reader --contact ops@acme.example --expires 365d')
    show(issued)
    const curl = /# Shell\n([\s\S]*?)\n# Python/.exec(issued.stdout)?.[1] ?? ''
    const out = execFileSync('sh', ['-c', curl], { encoding: 'utf8' })
    console.log(out.slice(0, 200))
    console.log(Buffer.from(JSON.parse(out).access_token.split('.')[1], 'base64url').toString())
    const clients: any = await place.keycloak.admin.get('/acme/clients?clientId=acme')
    console.log(JSON.stringify(clients[0].attributes), clients[0].defaultClientScopes, clients[0].optionalClientScopes)
    show(await place.federate('keys list'))
    const rotated = await place.federate('keys rotate acme')
    show(rotated)
    const clients2: any = await place.keycloak.admin.get('/acme/clients?clientId=acme')
    console.log(JSON.stringify(clients2[0].attributes), clients2[0].defaultClientScopes, clients2[0].secret)
    try { console.log(execFileSync('sh', ['-c', curl], { encoding: 'utf8' }).slice(0, 200)) } catch (e: any) { console.log('old', e.stdout) }
    const curl2 = /# Shell\n([\s\S]*?)\n# Python/.exec(rotated.stdout)?.[1] ?? ''
    console.log('new', execFileSync('sh', ['-c', curl2], { encoding: 'utf8' }).slice(0, 100))
    show(await place.federate('keys revoke acme'))
    console.log('revoked', execFileSync('sh', ['-c', curl2], { encoding: 'utf8' }).slice(0, 200))
    show(await place.federate('keys list'))
    show(await place.federate('keys issue acme --api orders'))
    show(await place.federate('plan keycloak'))
  } finally { await place.close() }
}, firstStart)
