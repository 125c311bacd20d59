import { readFile, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { FederateError, type FederateFile, writeFileAtomically } from '@federate/core'
import { makePrivateFolder, tryHold } from '@federate/core/cache'
import { adminFileText, replaceInFederateFile } from '@federate/core/config'
import { type StandIn, standIn } from '@federate/sandbox'
import type { Terminal } from './terminal.ts'
import { readFile as readFederateFile } from './trust.ts'

/** The federate.yaml that the sandbox serves, and what points commands at it. */
export interface SandboxFile {
  readonly file: FederateFile
  readonly env: Readonly<Record<string, string>>
  /** Variables that are for another place than the sandbox. */
  readonly inTheWay: readonly string[]
  /** Writes how the sandbox's administrator reaches all accounts, where nobody has said so. */
  tellReach(reach: Readonly<Record<string, unknown>>): Promise<void>
  /** Gives up what only one sandbox at a time can have. */
  release(): Promise<void>
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
  const nothing = async () => undefined
  const asItIs = { file, env: { FEDERATE_CONFIG: file.path }, tellReach: nothing, release: nothing }
  if (options.issuer === false) return { ...asItIs, inTheWay: [] }
  const stand = await standIn(file)
  if (stand === undefined) return { ...asItIs, inTheWay: keycloakAdministrator }
  const { folder, release } = await ownFolder(join(dirname(file.path), folderName))
  const path = await writeCopy(file, stand, folder)
  terminal.note(`${file.path} is for another place, so the sandbox uses a copy of it, ${path}.`)
  for (const sentence of stand.told) terminal.note(`  ${sentence}`)
  return {
    file: await readFederateFile({ config: path }, terminal),
    env: { FEDERATE_CONFIG: path, FEDERATE_SERVICE: folder },
    inTheWay: [...keycloakAdministrator, 'FEDERATE_ADMIN', 'FEDERATE_AGENT'],
    tellReach: (reach) => writeAdminFile(folder, reach),
    release,
  }
}

async function writeAdminFile(folder: string, reach: Readonly<Record<string, unknown>>): Promise<void> {
  const path = join(folder, 'federate.admin.yaml')
  await rm(path, { force: true })
  if (Object.keys(reach).length === 0) return
  await writeFileAtomically(path, adminFileText(reach), { mode: 0o600 })
}

/** A folder that no other sandbox is using: the one that is named, or one with a number in it. */
async function ownFolder(root: string): Promise<{ readonly folder: string } & Pick<SandboxFile, 'release'>> {
  for (let number = 1; ; number += 1) {
    const folder = number === 1 ? root : join(root, String(number))
    makeFolder(folder)
    const lock = await tryHold(join(folder, 'sandbox'))
    // Where there are no locks, two at a time are the user's business.
    if (lock === undefined) return { folder, release: async () => undefined }
    if ('release' in lock) return { folder, release: () => lock.release() }
    await lock.gone(0)
  }
}

async function writeCopy({ path }: FederateFile, stand: StandIn, folder: string): Promise<string> {
  // What is in it is of this machine alone, and made again when it is gone.
  await writeFileAtomically(join(folder, '.gitignore'), '*\n', { mode: 0o644 })
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
