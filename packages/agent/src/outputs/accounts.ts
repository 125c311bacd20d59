import { readFile } from 'node:fs/promises'
import { FederateError, type FileOwner } from '@federate/core'

export interface WantedOwner {
  /** A name in /etc/passwd, or a number. */
  readonly user?: string | number | undefined
  /** A name in /etc/group, or a number. */
  readonly group?: string | number | undefined
}

/**
 * The numbers of a user and a group, where this process may give files to them: root to everybody, others to their own
 * groups only (chown(2)).
 *
 * @param place Who asks, for messages.
 * @throws FederateError (usage) `OUTPUT_OWNER_UNKNOWN`, `OUTPUT_OWNER_FORBIDDEN`.
 */
export async function ownerOf({ user, group }: WantedOwner, place: string): Promise<FileOwner | undefined> {
  if (user === undefined && group === undefined) return undefined
  const uid = await numberOf('user', user, place)
  const gid = await numberOf('group', group, place)
  const [own, groups] = [process.geteuid?.(), process.getgroups?.() ?? []]
  if (own === 0) return { uid, gid }
  if (uid !== undefined && uid !== own) throw forbidden(place, `the user ${user}`, own)
  if (gid !== undefined && gid !== process.getegid?.() && !groups.includes(gid)) {
    throw forbidden(place, `the group ${group}`, own)
  }
  return { uid, gid }
}

async function numberOf(kind: 'user' | 'group', wanted: string | number | undefined, place: string) {
  if (typeof wanted !== 'string') return wanted
  const file = kind === 'user' ? '/etc/passwd' : '/etc/group'
  const text = await readFile(file, 'utf8').catch(() => '')
  const number = accountIn(text, wanted)
  if (number !== undefined) return number
  throw new FederateError({
    code: 'OUTPUT_OWNER_UNKNOWN',
    outcome: 'usage',
    problem: `${place} names the ${kind} ${wanted}, and there is none of this name in ${file}.`,
    next: `Correct the name. Accounts of a directory are not looked up: give the number that \`getent ${kind === 'user' ? 'passwd' : 'group'} ${wanted}\` shows.`,
  })
}

/** The number of an account in the text of /etc/passwd or /etc/group: both have it in the third field. */
export function accountIn(text: string, name: string): number | undefined {
  const fields = text.split('\n').map((line) => line.split(':'))
  const number = fields.find(([account]) => account === name)?.[2]
  return number !== undefined && /^\d+$/.test(number) ? Number(number) : undefined
}

function forbidden(place: string, whom: string, own: number | undefined): FederateError {
  return new FederateError({
    code: 'OUTPUT_OWNER_FORBIDDEN',
    outcome: 'usage',
    problem: `${place} gives its file to ${whom}, and this process, of the user ${own}, may not: only root gives files away, others to groups of their own at most.`,
    next: 'Run the agent as root, or as that user, or leave user and group out.',
  })
}
