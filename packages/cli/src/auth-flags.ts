import type { AuthReference, FederateError, SecretReference } from '@federate/core'
import { contradiction, missing } from './flag-refusals.ts'

/** The flags that say how a client proves itself. */
export interface AuthFlags {
  auth?: AuthMethod
  secretFile?: string
  secretEnv?: string
  keyFile?: string
  keyId?: string
  algorithm?: string
  passphraseFile?: string
  passphraseEnv?: string
  certificateFile?: string
  jwtFile?: string
  assertionAudience?: 'issuer' | 'token_endpoint'
}

export type AuthMethod = (typeof authMethods)[number]

/** What `--auth` can be; a file with an assertion says it by itself. */
export const authMethods = [
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
  'tls_client_auth',
] as const

/** As people write the flags. */
export const authFlagNames: Readonly<Record<keyof AuthFlags, string>> = {
  auth: '--auth',
  secretFile: '--secret-file',
  secretEnv: '--secret-env',
  keyFile: '--key-file',
  keyId: '--key-id',
  algorithm: '--algorithm',
  passphraseFile: '--passphrase-file',
  passphraseEnv: '--passphrase-env',
  certificateFile: '--certificate-file',
  jwtFile: '--jwt-file',
  assertionAudience: '--assertion-audience',
}

type Given = Omit<AuthFlags, 'auth'>

const passphrase = ['passphraseFile', 'passphraseEnv'] as const
const secret = ['secretFile', 'secretEnv'] as const
const assertion = ['algorithm', 'assertionAudience'] as const

/** What each method looks at: a flag that is not looked at is worse than one that is refused. */
const looksAt: Readonly<Record<AuthMethod | 'jwt_file', readonly (keyof Given)[]>> = {
  client_secret_basic: secret,
  client_secret_post: secret,
  client_secret_jwt: [...secret, ...assertion],
  private_key_jwt: ['keyFile', 'keyId', 'certificateFile', ...passphrase, ...assertion],
  tls_client_auth: ['keyFile', 'certificateFile', ...passphrase],
  jwt_file: ['jwtFile'],
}

/** @throws FederateError (usage) `FLAG_MISSING`, `FLAGS_CONTRADICT`. */
export function authFromFlags(flags: AuthFlags): AuthReference {
  refuseSeveral(flags, ['secretFile', 'secretEnv', 'keyFile', 'jwtFile'])
  const method = methodOf(flags)
  refuseOthers(flags, method)
  switch (method) {
    case 'client_secret_basic':
    case 'client_secret_post':
      return { method, secret: secretOf(flags) }
    case 'client_secret_jwt':
      return { method, secret: secretOf(flags), ...assertionOf(flags) }
    case 'private_key_jwt': {
      const { keyId, certificateFile } = flags
      const certificate = certificateFile === undefined ? {} : { certificate: { file: certificateFile } }
      return {
        method,
        ...keyOf(flags),
        ...(keyId === undefined ? {} : { keyId }),
        ...assertionOf(flags),
        ...certificate,
      }
    }
    case 'tls_client_auth':
      return { method, certificate: { file: needed(flags, 'certificateFile') }, ...keyOf(flags) }
    case 'jwt_file':
      return { method, file: needed(flags, 'jwtFile') }
  }
}

/** A key beside a certificate proves the client in the TLS handshake unless `--auth` says otherwise, one alone by what it signs. */
function methodOf({
  auth,
  secretFile,
  secretEnv,
  keyFile,
  certificateFile,
  jwtFile,
}: AuthFlags): AuthMethod | 'jwt_file' {
  if (jwtFile !== undefined && auth === undefined) return 'jwt_file'
  if (auth !== undefined) return auth
  if (secretFile !== undefined || secretEnv !== undefined) return 'client_secret_basic'
  if (certificateFile !== undefined) return 'tls_client_auth'
  if (keyFile !== undefined) return 'private_key_jwt'
  throw flagMissing('--secret-file, --secret-env, --key-file or --jwt-file')
}

function secretOf(flags: AuthFlags): SecretReference {
  return flags.secretEnv === undefined ? { file: needed(flags, 'secretFile') } : { env: flags.secretEnv }
}

function keyOf(flags: AuthFlags): { key: SecretReference; passphrase?: SecretReference } {
  const key = { file: needed(flags, 'keyFile') }
  const { passphraseFile, passphraseEnv } = flags
  if (passphraseFile !== undefined) return { key, passphrase: { file: passphraseFile } }
  return passphraseEnv === undefined ? { key } : { key, passphrase: { env: passphraseEnv } }
}

function assertionOf({ algorithm, assertionAudience }: AuthFlags): {
  algorithm?: string
  audience?: 'issuer' | 'token_endpoint'
} {
  return {
    ...(algorithm === undefined ? {} : { algorithm }),
    ...(assertionAudience === undefined ? {} : { audience: assertionAudience }),
  }
}

function needed(flags: AuthFlags, name: 'secretFile' | 'keyFile' | 'certificateFile' | 'jwtFile'): string {
  const value = flags[name]
  if (value !== undefined) return value
  throw flagMissing(name === 'secretFile' ? '--secret-file or --secret-env' : authFlagNames[name])
}

/** @throws FederateError `FLAG_MISSING`. */
export function flagMissing(flag: string): FederateError {
  return missing(
    `--issuer was given without ${flag}.`,
    `Add ${flag}, or leave out --issuer and name a service file with --service.`,
  )
}

function refuseSeveral(flags: AuthFlags, names: readonly (keyof AuthFlags)[]): void {
  const given = names.filter((name) => flags[name] !== undefined).map((name) => authFlagNames[name])
  if (given.length < 2) return
  throw contradiction(
    `${given.join(' and ')} were given together, and a client proves itself in one way.`,
    'Give one of them.',
  )
}

function refuseOthers(flags: AuthFlags, method: AuthMethod | 'jwt_file'): void {
  const { auth: _, ...names } = authFlagNames
  const others = Object.entries(names).filter(([name]) => {
    const key = looksAt[method].find((one) => one === name)
    return key === undefined && Reflect.get(flags, name) !== undefined
  })
  if (others.length === 0) return
  throw contradiction(
    `${others.map(([, flag]) => flag).join(' and ')} ${others.length === 1 ? 'means' : 'mean'} nothing for a client that proves itself by ${method}.`,
    `Leave that out, or choose another way with --auth: ${authMethods.join(', ')}.`,
  )
}
