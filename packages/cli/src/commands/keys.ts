import { dirname } from 'node:path'
import { FederateError, type FederateFile, type Issuer, parseDuration } from '@federate/core'
import type { CustomerKeys, IssuedKey, KeyCredential, RepairedKey } from '@federate/keycloak/keys'
import { callContext } from '../context.ts'
import { exitStatus, statusOf } from '../exit-status.ts'
import { contradiction } from '../flag-refusals.ts'
import { fetchOf } from '../issuers.ts'
import { type CredentialFlags, credentialOf, expiryOf, grantsOf, signingKeyOf } from '../keys/key-options.ts'
import {
  handover,
  handoverJson,
  isBroken,
  keyJson,
  keyTable,
  lossOf,
  noteOnEnds,
  noteOnLosses,
  oldCredential,
  repairedJson,
  repairedText,
  revokedText,
} from '../keys/key-texts.ts'
import { assertionPrograms, type Programs, secretPrograms } from '../keys/programs.ts'
import { secretFilePath, writeSecretFile } from '../keys/secret-file.ts'
import type { Terminal } from '../terminal.ts'
import { readFile } from '../trust.ts'

export interface KeysOptions {
  config?: string
  issuer?: string
  adminUrl?: string
  json?: boolean
}

export interface IssueOptions extends KeysOptions, CredentialFlags {
  name: string
  api?: string[]
  role?: string[]
  lifetime?: string
  contact?: string
  expires?: string
  secretFile?: string
}

export interface RotateOptions extends KeysOptions, CredentialFlags {
  name: string
  dropOld?: boolean
  secretFile?: string
}

export interface RepairOptions extends KeysOptions {
  names: readonly string[]
}

export interface RevokeOptions extends KeysOptions {
  names: readonly string[]
  delete?: boolean
  expired?: boolean
}

/** `federate keys issue`: makes a key and prints what the customer needs. */
export async function issueKey(options: IssueOptions, terminal: Terminal): Promise<number> {
  const realm = await keysRealm(options, terminal)
  const credential = await credentialOf(options, terminal)
  const key = {
    name: options.name,
    grants: grantsOf(options.api ?? [], options.role ?? []),
    credential,
    lifetime: options.lifetime === undefined ? undefined : parseDuration(options.lifetime),
    contact: options.contact,
    expires: options.expires === undefined ? undefined : expiryOf(options.expires, terminal.now()),
  }
  const { refuseImpossibleKey } = await import('@federate/keycloak/keys')
  refuseImpossibleKey(key, realm.file.apis, new Date(terminal.now()))
  const path = await secretPath(options, credential, terminal)
  const issued = await (await openKeys(realm, options, terminal)).issue(key)
  await handOver(issued, { credential, path, json: options.json === true }, terminal)
  return exitStatus.done
}

/** `federate keys list`: every key with its age, roles and end. */
export async function listKeys(options: KeysOptions, terminal: Terminal): Promise<number> {
  const keys = await (await openKeys(await keysRealm(options, terminal), options, terminal)).list()
  terminal.out(options.json === true ? jsonText(keys.map(keyJson)) : keyTable(keys, terminal.now()))
  for (const note of [noteOnLosses(keys), noteOnEnds(keys)]) if (note !== undefined) terminal.note(note)
  return exitStatus.done
}

/** `federate keys rotate`: a new credential of the same kind. */
export async function rotateKey(options: RotateOptions, terminal: Terminal): Promise<number> {
  const realm = await keysRealm(options, terminal)
  const credential = await credentialOf(options, terminal)
  const path = await secretPath(options, credential, terminal)
  const keys = await openKeys(realm, options, terminal)
  const rotated = await keys.rotate(options.name, credential, { dropOld: options.dropOld === true })
  await handOver(rotated, { credential, path, json: options.json === true, old: oldCredential(rotated) }, terminal)
  const loss = lossOf(rotated)
  if (loss !== undefined) terminal.note(loss)
  return exitStatus.done
}

/**
 * `federate keys repair`: gives keys again what they were issued with. Where none is named, one that cannot have it does
 * not keep the others from theirs.
 */
export async function repairKeys(options: RepairOptions, terminal: Terminal): Promise<number> {
  const keys = await openKeys(await keysRealm(options, terminal), options, terminal)
  const repaired: RepairedKey[] = []
  let status: number = exitStatus.done
  for (const name of new Set(options.names)) repaired.push(await keys.repair(name))
  for (const { name } of options.names.length > 0 ? [] : (await keys.list()).filter(isBroken)) {
    try {
      repaired.push(await keys.repair(name))
    } catch (error) {
      if (!(error instanceof FederateError) || error.outcome === 'unreachable') throw error
      terminal.note(`${terminal.style('yellow', 'warning')} ${name}: ${error.code} ${error.message}`)
      status = statusOf(error.outcome)
    }
  }
  if (options.json === true) terminal.out(jsonText(repaired.map(repairedJson)))
  else terminal.out(repaired.map(repairedText).join('') || 'No key was repaired.\n')
  return status
}

/** `federate keys revoke`: no token any more, and until when those that are out there live. */
export async function revokeKeys(options: RevokeOptions, terminal: Terminal): Promise<number> {
  if (options.names.length === 0 && options.expired !== true) throw nobodyNamed()
  const keys = await openKeys(await keysRealm(options, terminal), options, terminal)
  const expired = options.expired === true ? (await keys.list()).filter(({ state }) => state === 'expired') : []
  const names = [...options.names, ...expired.map(({ name }) => name)]
  const revoked = []
  for (const name of new Set(names)) {
    const one = await keys.revoke(name, { delete: options.delete === true })
    revoked.push(one)
    if (options.json !== true) terminal.out(revokedText(one, options.delete === true ? 'deleted' : 'revoked'))
  }
  if (options.json === true) terminal.out(jsonText(revoked))
  else if (revoked.length === 0) terminal.out('No key has expired.\n')
  return exitStatus.done
}

/** The federate.yaml, and the one of its issuers whose realm has the keys. */
interface KeysRealm {
  readonly file: FederateFile
  readonly issuer: Issuer
}

/** What is known of the realm before anybody is asked, so that what is wrong in the command line is told first. */
async function keysRealm(options: KeysOptions, terminal: Terminal): Promise<KeysRealm> {
  const file = await readFile(options, terminal)
  return { file, issuer: chosenIssuer(file, options.issuer) }
}

/** @throws FederateError (usage) `KEYCLOAK_ACCESS_MISSING` */
async function openKeys({ file, issuer }: KeysRealm, options: KeysOptions, terminal: Terminal): Promise<CustomerKeys> {
  const { CustomerKeys } = await import('@federate/keycloak/keys')
  const context = callContext(terminal, new AbortController().signal)
  return new CustomerKeys({
    ...{ owner: file.owner, issuer, apis: file.apis },
    adminUrl: options.adminUrl ?? terminal.env['FEDERATE_KEYCLOAK_URL'],
    context: { ...context, fetch: fetchOf(issuer, dirname(file.path), context) },
  })
}

function chosenIssuer({ issuers, path }: FederateFile, name: string | undefined): Issuer {
  const known = Object.entries(issuers).filter(([, { kind }]) => kind === 'keycloak')
  const matching = known.filter(([one]) => name === undefined || one === name)
  const [only, another] = matching
  if (only !== undefined && another === undefined) return only[1]
  const found = only === undefined ? ['no issuer', name].join(' ').trim() : 'several issuers'
  throw new FederateError({
    code: only === undefined ? 'ISSUER_UNKNOWN' : 'ISSUER_AMBIGUOUS',
    outcome: 'usage',
    problem: `${path} has ${found} of kind keycloak; there are: ${known.map(([one]) => one).join(', ') || 'none'}.`,
    next: 'Name one with --issuer; keys are made at a Keycloak.',
  })
}

async function secretPath(
  { secretFile }: { secretFile?: string },
  { kind }: KeyCredential,
  { cwd }: Terminal,
): Promise<string | undefined> {
  if (secretFile === undefined) return undefined
  if (kind === 'secret') return secretFilePath(secretFile, cwd)
  throw contradiction(
    '--secret-file was given for a customer that proves itself by a key, so there will be no secret.',
    'Leave one of the two out.',
  )
}

interface Handing {
  readonly credential: KeyCredential
  readonly path: string | undefined
  readonly json: boolean
  /** After a rotation: what became of the credential before. */
  readonly old?: string
}

async function handOver(key: IssuedKey, { credential, path, json, old }: Handing, terminal: Terminal): Promise<void> {
  const secret = key.secret?.reveal()
  if (secret !== undefined && path !== undefined) await writeSecretFile(path, secret)
  const programs = programsOf(key, credential, path)
  if (json) {
    terminal.out(jsonText({ ...handoverJson(key, programs, path), ...(old === undefined ? {} : { old }) }))
    return
  }
  terminal.out(handover(key, programs, path))
  if (old !== undefined) terminal.note(old)
  if (secret !== undefined && path === undefined) {
    terminal.note(
      'The secret is shown this once; nobody can look it up. Send it by a way that only the customer reads.',
    )
  }
}

function programsOf(key: IssuedKey, credential: KeyCredential, path: string | undefined): Programs {
  const { name: clientId, issuer, tokenEndpoint, scopes, secret } = key
  const place = { clientId, issuer, tokenEndpoint, scope: scopes[0] ?? '' }
  if (secret === undefined) return assertionPrograms(place, signingKeyOf(credential))
  return secretPrograms(place, path === undefined ? { value: secret.reveal() } : { file: path })
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}

function nobodyNamed(): FederateError {
  return new FederateError({
    code: 'KEY_NOT_NAMED',
    outcome: 'usage',
    problem: 'No key was named, so none was revoked.',
    next: 'Name the keys, or give --expired for all that have expired.',
  })
}
