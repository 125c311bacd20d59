import { resolve } from 'node:path'
import { FederateError } from '../errors.ts'
import { warnOfReaders } from '../files/readers.ts'
import { FileTooLarge, readSmallFile } from '../files/small-file.ts'
import type { SecretReference } from '../service-file/service.ts'

const maximumBytes = 64_000

export interface SecretOptions {
  /** Where relative paths start. Default: the working directory. */
  readonly baseDirectory?: string | undefined
  /** Default: the process's environment. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined
  /** Told when a file can be read by others than its owner. Default: nobody. */
  readonly warn?: ((message: string) => void) | undefined
}

/**
 * Reads a secret from where it is kept, without the white space at its end (editors and `echo` leave a newline there).
 *
 * @throws FederateError (usage) `SECRET_FILE_MISSING`, `SECRET_FILE_UNREADABLE`, `SECRET_TOO_LARGE` (over 64 kB),
 *   `SECRET_ENV_MISSING`, `SECRET_EMPTY`.
 */
export async function readSecret(reference: SecretReference, options: SecretOptions = {}): Promise<string> {
  const text = 'file' in reference ? await fromFile(reference.file, options) : fromEnvironment(reference.env, options)
  const secret = text.trimEnd()
  if (secret !== '') return secret
  const place = secretPlace(reference, options)
  throw usage('SECRET_EMPTY', `The ${place} holds no secret: it is empty.`, 'Write the secret into it.')
}

/** Where a secret is kept, for messages: `file /run/secrets/billing`, `environment variable SECRET`. */
export function secretPlace(reference: SecretReference, options: SecretOptions): string {
  return 'file' in reference ? `file ${pathOf(reference.file, options)}` : `environment variable ${reference.env}`
}

async function fromFile(file: string, options: SecretOptions): Promise<string> {
  const path = pathOf(file, options)
  const { text, mode } = await readSmallFile(path, maximumBytes).catch((error: unknown) => {
    throw unreadable(path, error)
  })
  if (options.warn !== undefined) warnOfReaders('The secret', path, mode, options.warn)
  return text
}

function pathOf(file: string, { baseDirectory }: SecretOptions): string {
  return resolve(baseDirectory ?? '', file)
}

function fromEnvironment(name: string, options: SecretOptions): string {
  const value = (options.environment ?? process.env)[name]
  if (value !== undefined) return value
  throw usage(
    'SECRET_ENV_MISSING',
    `The environment variable ${name}, which should hold the secret, is not set.`,
    `Set ${name} in the environment of this process.`,
  )
}

function unreadable(path: string, error: unknown): FederateError {
  if (error instanceof FileTooLarge) {
    return usage(
      'SECRET_TOO_LARGE',
      `The file ${path} is larger than ${maximumBytes} bytes, which no secret or key is.`,
      'Check the path.',
    )
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return usage(
      'SECRET_FILE_MISSING',
      `The file ${path}, which should hold the secret, does not exist.`,
      'Put the secret there, readable only by the user that runs the service, or correct the path.',
      error,
    )
  }
  return usage(
    'SECRET_FILE_UNREADABLE',
    `The file ${path}, which should hold the secret, cannot be read (${code}).`,
    'Make it a file that the user of this process may read.',
    error,
  )
}

function usage(code: string, problem: string, next: string, cause?: unknown): FederateError {
  return new FederateError({ code, outcome: 'usage', problem, next, ...(cause === undefined ? {} : { cause }) })
}
