import { accessSync, constants, lstatSync, realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { FederateError } from '../errors.ts'
import { readSmallBytes, type SmallBytes } from './small-file.ts'

/** A kind of file that federate obeys: it says where secrets go, and may name programs. */
export interface TrustedKind {
  /** What the codes of its refusals begin with. */
  readonly prefix: string
  /** What a message calls it, before its path; empty where the path says it. */
  readonly title: string
  /** What whoever writes it decides. */
  readonly power: string
  /** Who must not be able to write it: everybody, or its group neither. */
  readonly closedTo: 'everybody' | 'all others'
}

/** Of any file that people write. */
const maximumBytes = 1_048_576

/**
 * Reads a file, unless somebody else may have written it or can put another one in its place: everybody can write it, or
 * its folder; or its folder is for all, as the one for temporary files is, and it belongs to neither this user nor root. The
 * folder of a symbolic link is looked at, and that of the file it leads to. On Windows their ACLs have to do.
 *
 * Whose it is says its `owner`: see `refuseForeign`.
 *
 * @throws FederateError (usage) `<prefix>_WRITABLE`, `<prefix>_FOLDER_OPEN`, `<prefix>_FOREIGN`; or the system's error.
 */
export async function readTrustedFile(path: string, kind: TrustedKind): Promise<SmallBytes> {
  const file = await readSmallBytes(path, maximumBytes)
  if (process.geteuid === undefined) return file
  refuseWritable(path, file.mode, kind)
  refuseOpenFolders(path, file.owner, kind)
  return file
}

/**
 * For a file by which this user runs something: it has to be this user's, or root's.
 *
 * @param what What it does: "names a program to run".
 * @throws FederateError (usage) `<prefix>_FOREIGN`.
 */
export function refuseForeign(path: string, owner: number, what: string, kind: TrustedKind): void {
  if (!isForeign(owner)) return
  throw refusal(kind, 'FOREIGN', {
    path,
    owner,
    problem: `${titled(path, kind)} ${what}, and belongs to the user ${owner}, who is neither this one (${process.geteuid?.()}) nor root.`,
    next: `Check what is in it, then run \`chown ${process.geteuid?.()} ${path}\`.`,
  })
}

function refuseWritable(path: string, mode: number, kind: TrustedKind): void {
  const [bits, who, change] =
    kind.closedTo === 'everybody' ? [0o002, 'everybody', 'o-w'] : [0o022, 'others than its owner', 'go-w']
  if ((mode & bits) === 0) return
  throw refusal(kind, 'WRITABLE', {
    path,
    mode,
    problem: `${titled(path, kind)} can be written by ${who} (mode ${octal(mode)}), and it ${kind.power}.`,
    next: `Check what is in it, then run \`chmod ${change} ${path}\`.`,
  })
}

/** Synchronous, because it is a few system calls on the way to the first request, and promises would cost more. */
function refuseOpenFolders(path: string, owner: number, kind: TrustedKind): void {
  const link = lstatSync(path)
  const folders = link.isSymbolicLink() ? [dirname(path), ...realFolder(path)] : [dirname(path)]
  for (const folder of folders) {
    const mode = statSync(folder).mode & 0o7777
    if ((mode & 0o002) === 0 || isReadOnly(folder)) continue
    if ((mode & 0o1000) === 0) throw folderOpen(path, folder, mode, kind)
    const foreign = [owner, link.uid].find(isForeign)
    if (foreign !== undefined) throw foreignAmongAll(path, folder, foreign, kind)
  }
}

/** What has no name, as `<(…)` of a shell, has no folder either. */
function realFolder(path: string): string[] {
  try {
    return [dirname(realpathSync.native(path))]
  } catch {
    return []
  }
}

/** Kubernetes mounts a ConfigMap as a folder of 0777, which nobody in the pod can write (kubernetes/kubernetes#133641). */
function isReadOnly(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EROFS'
  }
}

function isForeign(owner: number): boolean {
  const user = process.geteuid?.()
  return user !== undefined && owner !== user && owner !== 0
}

function folderOpen(path: string, folder: string, mode: number, kind: TrustedKind): FederateError {
  return refusal(kind, 'FOLDER_OPEN', {
    path,
    mode,
    problem: `${titled(path, kind)} is in ${folder}, where everybody can put another in its place (mode ${octal(mode)}), and it ${kind.power}.`,
    next: `Check what is in it, then run \`chmod o-w ${folder}\`, or move it to another folder.`,
  })
}

function foreignAmongAll(path: string, folder: string, owner: number, kind: TrustedKind): FederateError {
  return refusal(kind, 'FOREIGN', {
    path,
    owner,
    problem: `${titled(path, kind)} is in ${folder}, where everybody can put files, and belongs to the user ${owner}, who is neither this one (${process.geteuid?.()}) nor root; it ${kind.power}.`,
    next: `Check what is in it, then run \`chown ${process.geteuid?.()} ${path}\`, or move it to another folder.`,
  })
}

function titled(path: string, { title }: TrustedKind): string {
  return title === '' ? path : `${title} ${path}`
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}

interface Refusal {
  readonly path: string
  readonly mode?: number
  readonly owner?: number
  readonly problem: string
  readonly next: string
}

function refusal({ prefix }: TrustedKind, what: string, { problem, next, ...details }: Refusal): FederateError {
  return new FederateError({ code: `${prefix}_${what}`, outcome: 'usage', problem, next, details })
}
