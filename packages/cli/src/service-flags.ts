import { type AudienceStyle, FederateError, ownParameters, type ServiceFile } from '@federate/core'
import { type AuthFlags, authFlagNames, authFromFlags, flagMissing } from './auth-flags.ts'
import { contradiction, lonely } from './flag-refusals.ts'

/** The flags that stand for a service file, for people whose trust was made by other means. */
export interface ServiceFlags extends AuthFlags {
  service?: string
  issuer?: string
  kind?: 'keycloak' | 'oidc'
  audienceAs?: AudienceStyle
  parameter?: string[]
  ca?: string
  clientId?: string
}

/**
 * Refuses flags that mean nothing without `--issuer`: one that is not looked at is worse than one that is refused.
 *
 * @throws FederateError (usage) `FLAG_MISSING`.
 */
export function refuseLonelyFlags(flags: ServiceFlags): void {
  const names = {
    kind: '--kind',
    audienceAs: '--audience-as',
    parameter: '--parameter',
    ca: '--ca',
    clientId: '--client-id',
    ...authFlagNames,
  }
  const given = Object.entries(names)
    .filter(([name]) => Reflect.get(flags, name) !== undefined)
    .map(([, flag]) => flag)
  if (given.length === 0) return
  throw lonely(given, '--issuer', 'leave it out and name a service file with --service')
}

/** @throws FederateError (usage) `FLAG_MISSING`, `FLAGS_CONTRADICT`, `FLAG_INVALID`. */
export function serviceFromFlags(flags: ServiceFlags, url: string): ServiceFile {
  const { service, clientId, kind = 'keycloak', audienceAs, ca } = flags
  if (service !== undefined) throw twoServices(service)
  if (clientId === undefined || clientId === '') throw flagMissing('--client-id')
  if (kind === 'keycloak' && audienceAs !== undefined) throw styleOfKeycloak(audienceAs)
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

function pairOf(text: string): [string, string] {
  const [name = '', ...value] = text.split('=')
  if (ownParameters.has(name)) throw ownParameter(name)
  if (name !== '' && value.length > 0) return [name, value.join('=')]
  throw new FederateError({
    code: 'FLAG_INVALID',
    outcome: 'usage',
    problem: '--parameter was given without a name or a value.',
    next: 'Write --parameter name=value, once for each parameter.',
  })
}

function ownParameter(name: string): FederateError {
  return new FederateError({
    code: 'FLAG_INVALID',
    outcome: 'usage',
    problem: `--parameter was given for ${name}, which federate sets itself.`,
    next: 'Leave it out; --for and --scope say what the token is to be for.',
  })
}

function twoServices(service: string): FederateError {
  return contradiction(
    `--service ${service} names a service file, and --issuer stands instead of one.`,
    'Leave one of them out.',
  )
}

function styleOfKeycloak(style: AudienceStyle): FederateError {
  return contradiction(
    `--audience-as ${style} was given for a Keycloak, which is asked for an audience by a scope.`,
    'Add --kind oidc for any other issuer, or leave --audience-as out.',
  )
}
