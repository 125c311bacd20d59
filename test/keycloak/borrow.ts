import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { get } from 'node:http'
import { text } from 'node:stream/consumers'
import type { RealmDefinition } from '@federate/sandbox'
import { inject } from 'vitest'
import { KeycloakAdmin, stringField } from './admin.ts'
import { bootstrapAdmin, type KeycloakVersion } from './distribution.ts'
import { createRealm, objects } from './fixture.ts'
import { type KeycloakOptions, type RunningKeycloak, startKeycloak } from './server.ts'

/** As a server of one's own, without https. */
export type BorrowedKeycloak = Omit<RunningKeycloak, 'secureUrl'>

/** Borrows a Keycloak that nobody else uses meanwhile, with these realms alone; `close` gives it back. */
export async function borrowKeycloak(
  version: KeycloakVersion = '26.7.4',
  realms: readonly RealmDefinition[] = [],
): Promise<BorrowedKeycloak> {
  const url = await askPool('lend', version)
  const admin = new KeycloakAdmin(url, bootstrapAdmin)
  await deleteRealms(admin)
  for (const realm of realms) await createRealm(admin, realm)
  const tell = (what: 'stop' | 'kill' | 'start' | 'return') => async () => {
    await askPool(what, url)
  }
  return {
    ...{ url, admin, issuer: (realm) => `${url}/realms/${realm}` },
    ...{ stop: tell('stop'), kill: tell('kill'), start: tell('start'), close: tell('return') },
  }
}

/** Starts one for this file alone, for tests by https. */
export async function ownKeycloak(options: KeycloakOptions = {}): Promise<RunningKeycloak> {
  await askPool('home', options.version ?? '26.7.4')
  return startKeycloak(options)
}

/** Not by `fetch`, which gives up after five minutes: a first build on a slow machine may take longer. */
async function askPool(verb: string, what: string): Promise<string> {
  const [answer] = await once(get(`${inject('keycloakPool')}/${verb}/${encodeURIComponent(what)}`), 'response')
  const said = await text(answer)
  if (answer.statusCode !== 200) throw new Error(said)
  return said
}

/** A realm's name that no other test has: nobody needs to take such a realm away, which takes as long as to make it. */
export function ownRealmName(): string {
  return `own-${randomUUID()}`
}

/** What the file before has left. */
async function deleteRealms(admin: KeycloakAdmin): Promise<void> {
  const names = objects(await admin.get('?briefRepresentation=true')).map((realm) => stringField(realm, 'realm'))
  for (const name of names.filter((one) => one !== 'master' && !one.startsWith('own-'))) await admin.delete(`/${name}`)
}
