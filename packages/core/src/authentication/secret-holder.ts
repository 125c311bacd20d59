import { FederateError } from '../errors.ts'
import type { SecretReference } from '../service-file/service.ts'
import { readSecret, type SecretOptions, secretPlace } from './secret.ts'

/** A secret by where it is kept, or itself. */
export type SecretSource = SecretReference | { readonly value: string }

/** Keeps a secret in memory between uses. */
export interface SecretHolder {
  get(): Promise<string>
  /** Reads it again from where it is kept; true if it is another one now. */
  reload(): Promise<boolean>
}

/** Nothing is read before the first use. The warning about the file's mode comes once. */
export function holdSecret(source: SecretSource, options: SecretOptions = {}): SecretHolder {
  let held: Promise<string> | undefined
  const get = (): Promise<string> => {
    held ??= read(source, options).catch((error: unknown) => {
      // The file may be there at the next try.
      held = undefined
      throw error
    })
    return held
  }
  const reload = async (): Promise<boolean> => {
    const before = await held
    const after = await read(source, { ...options, warn: undefined })
    held = Promise.resolve(after)
    return after !== before
  }
  return { get, reload }
}

/** Where it is kept, as `secretPlace` says it; `undefined` for the secret itself. */
export function sourcePlace(source: SecretSource, options: SecretOptions): string | undefined {
  return 'value' in source ? undefined : secretPlace(source, options)
}

async function read(source: SecretSource, options: SecretOptions): Promise<string> {
  if (!('value' in source)) return readSecret(source, options)
  if (source.value !== '') return source.value
  throw new FederateError({
    code: 'SECRET_EMPTY',
    outcome: 'usage',
    problem: 'The secret was given as an empty text.',
    next: 'Give the secret, or a file or environment variable that holds it.',
  })
}
