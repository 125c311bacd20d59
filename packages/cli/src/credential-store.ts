import { createPublicKey, generateKeyPair } from 'node:crypto'
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import {
  FederateError,
  foundIn,
  readPrivateKey,
  readSecret,
  refuseOpenPlace,
  type SecretReference,
  type ServiceWish,
  writeFileAtomically,
} from '@federate/core'
import { makePrivateFolder } from '@federate/core/cache'
import type { CredentialStore } from '@federate/keycloak/trust'
import { handToCommand } from './secret-command.ts'

export interface CredentialOptions {
  /** Folder for secrets and keys, one file per service. */
  secretsDir?: string
  /** Command that takes a secret on its standard input. */
  secretCommand?: string
}

export interface CredentialPlace {
  /** The folder of federate.yaml: where relative references start. */
  readonly folder: string
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Told where a credential went. Default: nobody. */
  readonly tell?: (message: string) => void
}

/**
 * Where credentials go: to the command or the folder that was named, else to the file that federate.yaml names for the
 * service, if that is a relative path. An absolute one is on the service's own host, and nothing is written there.
 */
export function credentialStore(options: CredentialOptions, place: CredentialPlace): CredentialStore {
  const pathOf = (service: ServiceWish) => credentialPath(service, options, place)
  return {
    given: async (service) => {
      const path = pathOf(service)
      if (path === undefined || options.secretsDir !== undefined || options.secretCommand !== undefined)
        return undefined
      return (await exists(path)) ? readSecret({ file: path }) : undefined
    },
    deliver: async (service, secret, { replace }) => {
      if (options.secretCommand === undefined) {
        const path = await writeCredential(pathOf(service), service, `${secret}\n`, replace)
        place.tell?.(`The secret of ${service.name} is in ${path}.`)
        return
      }
      await handToCommand(options.secretCommand, service, secret, place)
      place.tell?.(`The secret of ${service.name} was handed to --secret-command.`)
    },
    publicKeys: async (service) => {
      const path = pathOf(service)
      if (path === undefined || !(await exists(path))) return undefined
      const key = await readSecret({ file: path })
      return foundIn(`file ${path}`, () => publicKeys(key, service))
    },
    makeKey: async (service) => {
      const key = await newPrivateKey(service)
      const path = await writeCredential(pathOf(service), service, key, false)
      place.tell?.(`The private key of ${service.name} is in ${path}.`)
      return publicKeys(key, service)
    },
  }
}

/** Makes sure, before anything is changed, that a credential can be delivered. */
export async function refuseUndeliverable(
  service: ServiceWish,
  options: CredentialOptions & {
    /** What is there may be overwritten, or is compared when it is delivered. */
    readonly replace: boolean
  },
  place: CredentialPlace,
): Promise<void> {
  if (usesCommand(service, options)) return
  const path = credentialPath(service, options, place)
  if (path === undefined) throw nowhere(service)
  if (options.secretsDir !== undefined && !options.replace && (await exists(path))) throw taken(path, service)
  const folder = await nearestFolder(dirname(path))
  if (!(await isWritableFolder(folder))) throw notWritable(folder, service)
  await refuseOpenPlace(path)
}

function usesCommand({ auth }: ServiceWish, { secretCommand }: CredentialOptions): boolean {
  return secretCommand !== undefined && auth.method !== 'private_key_jwt'
}

function credentialPath(service: ServiceWish, options: CredentialOptions, place: CredentialPlace): string | undefined {
  if (options.secretsDir !== undefined) return join(resolve(place.cwd, options.secretsDir), service.name)
  const reference = referenceOf(service)
  if (reference === undefined || !('file' in reference) || isAbsolute(reference.file)) return undefined
  return resolve(place.folder, reference.file)
}

function referenceOf({ auth }: ServiceWish): SecretReference | undefined {
  if (auth.method === 'private_key_jwt') return auth.key
  return 'secret' in auth ? auth.secret : undefined
}

/** What is there already and is the same was delivered by a run that was interrupted before it could say so. */
async function writeCredential(
  path: string | undefined,
  service: ServiceWish,
  text: string,
  replace: boolean,
): Promise<string> {
  if (path === undefined) throw nowhere(service)
  if (!replace && (await exists(path))) {
    const there = await readSecret({ file: path }).catch(() => undefined)
    if (there === text.trim()) return path
    throw taken(path, service)
  }
  await refuseOpenPlace(path)
  makePrivateFolder(dirname(path))
  await writeFileAtomically(path, text, { mode: 0o600 })
  return path
}

async function newPrivateKey({ auth }: ServiceWish): Promise<string> {
  const algorithm = auth.method === 'private_key_jwt' ? (auth.algorithm ?? 'RS256') : 'RS256'
  const { privateKey } = await keyPair(algorithm)
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

const curves: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }

function keyPair(algorithm: string) {
  const namedCurve = curves[algorithm]
  if (namedCurve !== undefined) return promisify(generateKeyPair)('ec', { namedCurve })
  if (algorithm === 'EdDSA') return promisify(generateKeyPair)('ed25519', {})
  return promisify(generateKeyPair)('rsa', { modulusLength: 3072 })
}

/** Only the public half leaves this host. */
function publicKeys(privateKey: string, { auth }: ServiceWish): string {
  const named = auth.method === 'private_key_jwt' ? auth : {}
  const { key, algorithm, keyId } = readPrivateKey(privateKey, named)
  const jwk = createPublicKey(key.export({ type: 'pkcs8', format: 'pem' })).export({ format: 'jwk' })
  return JSON.stringify({
    keys: [{ ...jwk, use: 'sig', alg: algorithm, ...(keyId === undefined ? {} : { kid: keyId }) }],
  })
}

/** The folder itself, or the one in which it would be made. */
async function nearestFolder(folder: string): Promise<string> {
  return (await exists(folder)) ? folder : nearestFolder(dirname(folder))
}

async function isWritableFolder(folder: string): Promise<boolean> {
  // With the slash, a file of that name is none.
  return access(`${folder}/`, constants.W_OK).then(
    () => true,
    () => false,
  )
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

function nowhere({ name }: ServiceWish): FederateError {
  return new FederateError({
    code: 'CREDENTIAL_NOWHERE',
    outcome: 'usage',
    problem: `The credential of ${name} has no place on this host: federate.yaml names an absolute path or a variable, which are on the service's own host.`,
    next: 'Give --secrets-dir <folder> for files to bring there, or --secret-command <command> for a vault (secrets only).',
  })
}

function notWritable(folder: string, { name }: ServiceWish): FederateError {
  return new FederateError({
    code: 'FOLDER_NOT_WRITABLE',
    outcome: 'usage',
    problem: `The credential of ${name} cannot be written below ${folder}: it is no folder, or this user may not write there. Nothing was changed.`,
    next: 'Name another folder with --secrets-dir, or run as a user who may write there.',
  })
}

function taken(path: string, { name }: ServiceWish): FederateError {
  return new FederateError({
    code: 'CREDENTIAL_EXISTS',
    outcome: 'usage',
    problem: `${path} exists already, and a credential of ${name} is never written over another file.`,
    next: 'Move it away, or name another folder with --secrets-dir.',
  })
}
