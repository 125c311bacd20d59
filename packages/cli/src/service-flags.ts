import { type AudienceStyle, FederateError, type SecretReference, type ServiceFile } from '@federate/core'

/** The flags that stand for a service file, for people whose trust was made by other means. */
export interface ServiceFlags {
  service?: string
  issuer?: string
  kind?: 'keycloak' | 'oidc'
  audienceAs?: AudienceStyle
  parameter?: string[]
  ca?: string
  clientId?: string
  auth?: 'client_secret_basic' | 'client_secret_post' | 'client_secret_jwt'
  secretFile?: string
  secretEnv?: string
  keyFile?: string
  keyId?: string
  algorithm?: string
  passphraseFile?: string
  passphraseEnv?: string
  certificateFile?: string
  jwtFile?: string
}

/**
 * Refuses flags that mean nothing without `--issuer`: one that is not looked at is worse than one that is refused.
 *
 * @throws FederateError (usage) `FLAG_MISSING`.
 */
export function refuseLonelyFlags(flags: ServiceFlags): void {
  const names = [
    ['--parameter', flags.parameter],
    ['--ca', flags.ca],
    ['--client-id', flags.clientId],
    ['--auth', flags.auth],
    ['--secret-file', flags.secretFile],
    ['--secret-env', flags.secretEnv],
    ['--key-file', flags.keyFile],
    ['--certificate-file', flags.certificateFile],
    ['--jwt-file', flags.jwtFile],
  ] as const
  const given = names.filter(([, value]) => value !== undefined).map(([name]) => name)
  if (given.length === 0) return
  throw new FederateError({
    code: 'FLAG_MISSING',
    outcome: 'usage',
    problem: `${given.join(', ')} means something only together with --issuer.`,
    next: 'Add --issuer, or leave it out and name a service file with --service.',
  })
}

/** @throws FederateError (usage) `FLAG_MISSING`, `FLAGS_CONTRADICT`, `FLAG_INVALID`. */
export function serviceFromFlags(flags: ServiceFlags, url: string): ServiceFile {
  const { clientId, kind = 'keycloak', audienceAs, ca } = flags
  if (clientId === undefined) throw flagMissing('--client-id')
  const parameters = Object.fromEntries((flags.parameter ?? []).map(pairOf))
  return {
    version: 1,
    service: clientId,
    issuer: {
      url,
      kind,
      ...(audienceAs === undefined ? {} : { audienceAs }),
      ...(flags.parameter === undefined ? {} : { parameters }),
      ...(ca === undefined ? {} : { ca }),
    },
    clientId,
    auth: authFromFlags(flags),
    targets: {},
  }
}

function authFromFlags(flags: ServiceFlags): ServiceFile['auth'] {
  const secret = reference(flags.secretFile, flags.secretEnv)
  refuseSeveral({
    '--secret-file': flags.secretFile,
    '--secret-env': flags.secretEnv,
    '--key-file': flags.keyFile,
    '--jwt-file': flags.jwtFile,
  })
  if (secret !== undefined) return secretAuth(flags, secret)
  if (flags.keyFile !== undefined) return keyAuth(flags, { file: flags.keyFile })
  if (flags.jwtFile !== undefined) return { method: 'jwt_file', file: flags.jwtFile }
  throw flagMissing('--secret-file, --secret-env, --key-file or --jwt-file')
}

function secretAuth(
  { auth = 'client_secret_basic', algorithm }: ServiceFlags,
  secret: SecretReference,
): ServiceFile['auth'] {
  if (auth !== 'client_secret_jwt') return { method: auth, secret }
  return { method: auth, secret, ...(algorithm === undefined ? {} : { algorithm }) }
}

/** A key beside a certificate proves the client in the TLS handshake, one alone by what it signs. */
function keyAuth(flags: ServiceFlags, key: SecretReference): ServiceFile['auth'] {
  const { certificateFile, keyId, algorithm } = flags
  const passphrase = reference(flags.passphraseFile, flags.passphraseEnv)
  const opened = passphrase === undefined ? { key } : { key, passphrase }
  if (certificateFile !== undefined)
    return { method: 'tls_client_auth', certificate: { file: certificateFile }, ...opened }
  return {
    method: 'private_key_jwt',
    ...opened,
    ...(keyId === undefined ? {} : { keyId }),
    ...(algorithm === undefined ? {} : { algorithm }),
  }
}

function reference(file: string | undefined, env: string | undefined): SecretReference | undefined {
  if (file !== undefined) return { file }
  return env === undefined ? undefined : { env }
}

function pairOf(text: string): [string, string] {
  const [name = '', ...value] = text.split('=')
  if (name !== '' && value.length > 0) return [name, value.join('=')]
  throw new FederateError({
    code: 'FLAG_INVALID',
    outcome: 'usage',
    problem: '--parameter was given without a name or a value.',
    next: 'Write --parameter name=value, once for each parameter.',
  })
}

function refuseSeveral(given: Readonly<Record<string, string | undefined>>): void {
  const names = Object.keys(given).filter((name) => given[name] !== undefined)
  if (names.length < 2) return
  throw new FederateError({
    code: 'FLAGS_CONTRADICT',
    outcome: 'usage',
    problem: `${names.join(' and ')} were given together, and a client proves itself in one way.`,
    next: 'Give one of them.',
  })
}

function flagMissing(flag: string): FederateError {
  return new FederateError({
    code: 'FLAG_MISSING',
    outcome: 'usage',
    problem: `--issuer was given without ${flag}.`,
    next: `Add ${flag}, or leave out --issuer and name a service file with --service.`,
  })
}
