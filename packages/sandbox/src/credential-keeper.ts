import { resolve } from 'node:path'
import { readSecret, type SecretReference, writeFileAtomically } from '@federate/core'
import { ensureCredentialFolder, exists } from './credential-folder.ts'

export interface KeeperOptions {
  /** Default: the process's environment. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Told of every credential that is made. Default: nobody. */
  readonly log?: (message: string) => void
}

/** Reads the credentials of one federate.yaml, and keeps the ones that are made. */
export class CredentialKeeper {
  readonly #folder: string
  readonly #environment: Readonly<Record<string, string | undefined>>
  readonly #log: (message: string) => void
  /** What was made for environment variables. */
  readonly made: Record<string, string> = {}

  /** @param folder where relative paths start */
  constructor(folder: string, options: KeeperOptions) {
    this.#folder = folder
    this.#environment = options.environment ?? process.env
    this.#log = options.log ?? (() => undefined)
  }

  /** `undefined` for a credential that is not there. */
  async read(reference: SecretReference): Promise<string | undefined> {
    if ('env' in reference) {
      const known = this.#environment[reference.env] ?? this.made[reference.env]
      return known === '' ? undefined : known
    }
    const path = resolve(this.#folder, reference.file)
    return (await exists(path)) ? readSecret({ file: path }) : undefined
  }

  async keep(reference: SecretReference, credential: string): Promise<void> {
    if ('env' in reference) {
      this.made[reference.env] = credential
      this.#log(`Made a credential for the environment variable ${reference.env}.`)
      return
    }
    const path = resolve(this.#folder, reference.file)
    await ensureCredentialFolder(path, this.#folder)
    await writeFileAtomically(path, `${credential.trimEnd()}\n`, { mode: 0o600 })
    this.#log(`Made the missing credential ${path}.`)
  }

  async readOrMake(reference: SecretReference, make: () => Promise<string>): Promise<string> {
    const known = await this.read(reference)
    if (known !== undefined) return known
    const credential = (await make()).trimEnd()
    await this.keep(reference, credential)
    return credential
  }
}
