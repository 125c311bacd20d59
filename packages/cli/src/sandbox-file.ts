import { readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { FederateError, type FederateFile, writeFileAtomically } from '@federate/core'
import { makePrivateFolder } from '@federate/core/cache'
import { replaceInFederateFile } from '@federate/core/config'
import { type StandIn, standIn } from '@federate/sandbox'
import type { Terminal } from './terminal.ts'
import { readFile as readFederateFile } from './trust.ts'

/** The federate.yaml that the sandbox serves, and what points commands at it. */
export interface SandboxFile {
  readonly file: FederateFile
  readonly env: Readonly<Record<string, string>>
  /** Variables that are for another place than the sandbox. */
  readonly inTheWay: readonly string[]
}

/** Beside federate.yaml: all that the sandbox needs in place of what is elsewhere. */
const folderName = '.federate-sandbox'

/** Who administers a real Keycloak; a password of theirs has no business here. */
const keycloakAdministrator = ['USERNAME', 'PASSWORD', 'CLIENT_ID', 'CLIENT_SECRET', 'CLIENT_SECRET_FILE']
  .concat('CLIENT_KEY_FILE', 'LOGIN_REALM', 'URL')
  .map((name) => `FEDERATE_KEYCLOAK_${name}`)

/**
 * The federate.yaml that was asked for, where the sandbox can serve it as it is. Else a copy of it, in a folder of its own,
 * in which the sandbox stands in for issuers and credentials: commands find it by `FEDERATE_CONFIG`, and the service files
 * that `setup` writes beside it by `FEDERATE_SERVICE`. The real ones are neither read nor written.
 */
export async function sandboxFile(
  options: { config?: string; issuer?: boolean },
  terminal: Terminal,
): Promise<SandboxFile> {
  const file = await readFederateFile(options, terminal)
  if (options.issuer === false) return { file, env: { FEDERATE_CONFIG: file.path }, inTheWay: [] }
  const stand = await standIn(file)
  if (stand === undefined) return { file, env: { FEDERATE_CONFIG: file.path }, inTheWay: keycloakAdministrator }
  const path = await writeCopy(file, stand)
  terminal.note(`${file.path} is for another place, so the sandbox uses a copy of it, ${path}.`)
  for (const sentence of stand.told) terminal.note(`  ${sentence}`)
  return {
    file: await readFederateFile({ config: path }, terminal),
    env: { FEDERATE_CONFIG: path, FEDERATE_SERVICE: dirname(path) },
    inTheWay: [...keycloakAdministrator, 'FEDERATE_ADMIN', 'FEDERATE_AGENT'],
  }
}

async function writeCopy({ path }: FederateFile, stand: StandIn): Promise<string> {
  const folder = join(dirname(path), folderName)
  makeFolder(folder)
  // What is in it is of this machine alone, and made again when it is gone.
  await writeFile(join(folder, '.gitignore'), '*\n')
  const copy = join(folder, basename(path))
  const header = `# Written by \`federate sandbox\` from ${path}, and written again whenever it starts.\n`
  await writeFileAtomically(copy, header + replaceInFederateFile(await readFile(path, 'utf8'), path, stand), {
    mode: 0o600,
  })
  return copy
}

function makeFolder(folder: string): void {
  try {
    makePrivateFolder(folder)
  } catch (cause) {
    throw new FederateError({
      code: 'SANDBOX_FOLDER',
      outcome: 'usage',
      problem: `The sandbox needs a copy of federate.yaml in which it stands in for issuers and credentials, and cannot make the folder ${folder} for it.`,
      next: 'Use a copy of federate.yaml in a folder that you may write to.',
      cause,
    })
  }
}
