import { dirname, resolve } from 'node:path'
import {
  type AuthReference,
  FederateError,
  type FederateFile,
  isTokenReference,
  readSecret,
  type SecretReference,
  writeFileAtomically,
} from '@federate/core'
import type { JWK } from 'jose'
import { ensureCredentialFolder, exists } from './credential-folder.ts'
import type { SecretAlgorithm } from './issuer/realm.ts'
import { newPrivateKey, newSecret, publicJwk } from './new-credential.ts'

/** What the issuer must know of a service to believe it. Nothing for a service that reads its token from a file. */
export interface ClientCredential {
  readonly secret?: string
  readonly secretAlgorithm?: SecretAlgorithm
  readonly jwks?: { readonly keys: readonly JWK[] }
}

export interface ServiceCredentials {
  /** By the service's name. */
  readonly clients: ReadonlyMap<string, ClientCredential>
  /** Credentials made for services that read theirs from the environment. */
  readonly env: Readonly<Record<string, string>>
}

export interface CredentialOptions {
  /** Default: the process's environment. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Told of every credential that is made. Default: nobody. */
  readonly log?: (message: string) => void
}

/**
 * Reads the credential of every service of federate.yaml from where the service will look for it, and makes the ones
 * that are missing: files with mode 0600, environment variables in the result.
 *
 * @throws FederateError `SANDBOX_AUTHENTICATION` for a method that the issuer does not know; `SANDBOX_SECRET_PLACE` for a missing file outside of federate.yaml's folder whose folder does not
 *   exist; the errors of `readSecret` for one that cannot be read; `SANDBOX_KEY` for a key that is none.
 */
export async function prepareCredentials(
  file: FederateFile,
  options: CredentialOptions = {},
): Promise<ServiceCredentials> {
  const keeper = new Keeper(dirname(file.path), options)
  const clients = new Map<string, ClientCredential>()
  // One after the other: services may share a file.
  for (const service of file.services) clients.set(service.name, await clientCredential(service.auth, keeper))
  return { clients, env: keeper.made }
}

const secretAlgorithms: readonly SecretAlgorithm[] = ['HS256', 'HS384', 'HS512']

async function clientCredential(auth: AuthReference, keeper: Keeper): Promise<ClientCredential> {
  if (isTokenReference(auth)) return {}
  if (auth.method === 'tls_client_auth' || auth.method === 'jwt_file') throw unknownHere(auth.method)
  if (auth.method === 'client_secret_jwt') {
    const secretAlgorithm = secretAlgorithms.find((one) => one === (auth.algorithm ?? 'HS256'))
    if (secretAlgorithm === undefined) throw unknownHere(`client_secret_jwt with ${auth.algorithm}`)
    return { secret: await keeper.readOrMake(auth.secret, newSecret), secretAlgorithm }
  }
  if (auth.method !== 'private_key_jwt') return { secret: await keeper.readOrMake(auth.secret, newSecret) }
  if (auth.passphrase !== undefined) throw unknownHere('private_key_jwt with a passphrase')
  const key = await keeper.readOrMake(auth.key, () => newPrivateKey(auth.algorithm))
  return { jwks: { keys: [await publicJwk(key, auth)] } }
}

function unknownHere(method: string): FederateError {
  return new FederateError({
    code: 'SANDBOX_AUTHENTICATION',
    outcome: 'usage',
    problem: `A service of federate.yaml proves itself by ${method}, which the sandbox's issuer does not know.`,
    next: 'Give the service another method for the sandbox, or try this one with a real Keycloak: federate sandbox --no-issuer.',
  })
}

/** Reads credentials, and makes and keeps the missing ones. */
class Keeper {
  readonly #folder: string
  readonly #environment: Readonly<Record<string, string | undefined>>
  readonly #log: (message: string) => void
  readonly made: Record<string, string> = {}

  constructor(folder: string, options: CredentialOptions) {
    this.#folder = folder
    this.#environment = options.environment ?? process.env
    this.#log = options.log ?? (() => undefined)
  }

  async readOrMake(reference: SecretReference, make: () => Promise<string>): Promise<string> {
    if ('env' in reference) return this.#fromEnvironment(reference.env, make)
    const path = resolve(this.#folder, reference.file)
    if (await exists(path)) return readSecret({ file: path })
    const credential = await make()
    await ensureCredentialFolder(path, this.#folder)
    await writeFileAtomically(path, `${credential.trimEnd()}\n`, { mode: 0o600 })
    this.#log(`Made the missing credential ${path}.`)
    return credential.trimEnd()
  }

  async #fromEnvironment(name: string, make: () => Promise<string>): Promise<string> {
    const known = this.#environment[name] ?? this.made[name]
    if (known !== undefined && known !== '') return known
    const credential = await make()
    this.made[name] = credential
    this.#log(`Made a credential for the environment variable ${name}.`)
    return credential
  }
}
