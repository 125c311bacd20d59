import { readFile, writeFile } from 'node:fs/promises'
import { bootstrapAdmin } from './distribution.ts'
import { startKeycloak } from './server.ts'

export interface DemoIssuer {
  readonly close: () => Promise<void>
  /** What tells federate who administers this Keycloak. */
  readonly env: Readonly<Record<string, string>>
}

/**
 * Starts a real Keycloak as the issuer of a federate.yaml: its issuer's address is written into the file, and its realm
 * is made, with nothing in it.
 */
export async function serveRealKeycloak(path: string): Promise<DemoIssuer> {
  const keycloak = await startKeycloak()
  try {
    const text = await readFile(path, 'utf8')
    const changed = text.replace(/http:\/\/127\.0\.0\.1:\d+/, keycloak.url)
    await writeFile(path, changed)
    const realm = /url: \S+\/realms\/([\w-]+)/.exec(changed)?.[1]
    await keycloak.admin.create('', { realm, enabled: true, sslRequired: 'external' })
    const env = {
      FEDERATE_KEYCLOAK_USERNAME: bootstrapAdmin.username,
      FEDERATE_KEYCLOAK_PASSWORD: bootstrapAdmin.password,
    }
    return { close: keycloak.close, env }
  } catch (error) {
    await keycloak.close()
    throw error
  }
}
