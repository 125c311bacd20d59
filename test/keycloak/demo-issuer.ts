import { readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { aws } from '@federate/aws/cloud'
import { readFederateFile } from '@federate/core/config'
import { prepareCredentials, realmsFrom } from '@federate/sandbox'
import { createRealm } from './fixture.ts'
import { startKeycloak } from './server.ts'

/**
 * Starts a real Keycloak as the issuer of a federate.yaml: its issuer's address is written into the file, its realm and
 * clients are made, and the services' credentials are put where the file says.
 */
export async function serveRealKeycloak(path: string): Promise<() => Promise<void>> {
  const keycloak = await startKeycloak()
  try {
    const text = await readFile(path, 'utf8')
    await writeFile(path, text.replace(/http:\/\/127\.0\.0\.1:\d+/, keycloak.url))
    const targetSchemas = new Map([['aws', await aws.wish()]])
    const file = await readFederateFile({ path, env: {}, cwd: dirname(path), targetSchemas })
    const { clients } = await prepareCredentials(file, {})
    for (const realm of realmsFrom(file, clients).values()) await createRealm(keycloak.admin, realm)
    return keycloak.close
  } catch (error) {
    await keycloak.close()
    throw error
  }
}
