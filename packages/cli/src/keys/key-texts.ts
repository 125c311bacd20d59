import { formatDuration } from '@federate/core'
import type { CustomerKey, Grants, IssuedKey, RepairedKey, RevokedKey, RotatedKey } from '@federate/keycloak/keys'
import { tableText } from '../table.ts'
import type { Programs } from './programs.ts'

/** What a customer is sent. Holds the secret, unless that went to a file. */
export function handover(key: IssuedKey, programs: Programs, secretFile: string | undefined): string {
  const secret = key.secret?.reveal()
  const [scope, ...others] = key.scopes
  const facts = [
    ['client id', key.name],
    ...(secret === undefined
      ? []
      : [['client secret', secretFile === undefined ? secret : `in the file ${secretFile}`]]),
    ['token endpoint', key.tokenEndpoint],
    ...(secret === undefined ? [['assertion for', key.issuer]] : []),
    ['scope', scope ?? ''],
    ...others.map((one) => ['or', one]),
  ]
  const lines = facts.map(([name = '', value = '']) => `${name.padEnd(16)}${value}`)
  return `${lines.join('\n')}\n\n# Shell\n${programs.shell}\n# Python\n${programs.python}\n# Node\n${programs.node}`
}

/** The same for programs. */
export function handoverJson(
  key: IssuedKey,
  programs: Programs,
  secretFile: string | undefined,
): Record<string, unknown> {
  const secret = key.secret?.reveal()
  return {
    clientId: key.name,
    ...(secret === undefined ? {} : secretFile === undefined ? { clientSecret: secret } : { secretFile }),
    tokenEndpoint: key.tokenEndpoint,
    issuer: key.issuer,
    scopes: key.scopes,
    programs,
  }
}

/** What became of the credential before. */
export function oldCredential({ old, secret }: RotatedKey): string {
  const what = secret === undefined ? 'keys' : 'secret'
  if (old === 'ended') {
    const why =
      secret === undefined
        ? ''
        : ': this realm has no client policy with the executor secret-rotation, by which both would live for a while'
    return `The old ${what} ended at once${why}.`
  }
  if (old.until !== undefined) return `The old ${what} is accepted until ${old.until.toISOString()}.`
  return secret === undefined
    ? 'The old keys are accepted, too; rotate once more with --drop-old when the customer uses the new ones.'
    : 'The old secret is accepted for a while, too.'
}

/** All keys, one line each. */
export function keyTable(keys: readonly CustomerKey[], now: number): string {
  if (keys.length === 0) return 'There are no keys.\n'
  const lacking = keys.some(({ missing }) => missing.size > 0)
  const rows = keys.map((key) => [
    key.name,
    key.revoked === undefined ? key.state : `${key.state} ${ageOf(key.revoked, now)} ago`,
    grantsText(key.grants),
    ...(lacking ? [grantsText(key.missing)] : []),
    key.credential,
    formatDuration(key.lifetime),
    ageOf(key.issued, now),
    ageOf(key.rotated, now),
    key.expires?.toISOString().slice(0, 10) ?? '-',
    key.contact ?? '-',
  ])
  const may = lacking ? ['MAY', 'HAS LOST'] : ['MAY']
  return tableText(['NAME', 'STATE', ...may, 'BY', 'TOKENS', 'AGE', 'ROTATED', 'EXPIRES', 'CONTACT'], rows)
}

/** What the realm took away behind the keys' backs, and how it comes back. */
export function noteOnLosses(keys: readonly CustomerKey[]): string | undefined {
  const broken = keys.filter(isBroken).length
  if (broken === 0) return undefined
  return `${broken} key(s) have lost scopes or roles that they were issued with: \`federate keys repair\` gives them back, once \`federate setup keycloak\` has nothing to do.`
}

/** One that is revoked needs nothing. */
export function isBroken({ state, missing }: CustomerKey): boolean {
  return state !== 'revoked' && missing.size > 0
}

/** After a rotation: what the new credential does not help with. */
export function lossOf({ name, missing }: RotatedKey): string | undefined {
  if (missing.size === 0) return undefined
  return `The key ${name} has lost ${grantsText(missing)}, with or without a new credential: \`federate keys repair ${name}\` gives it back.`
}

export function repairedText({ name, given }: RepairedKey): string {
  return given.size === 0 ? `${name} lacks nothing.\n` : `repaired ${name}: it has ${grantsText(given)} again.\n`
}

export function repairedJson({ name, given }: RepairedKey): Record<string, unknown> {
  return { name, given: Object.fromEntries(given) }
}

export function revokedText({ name, already, since, tokensUntil }: RevokedKey, how: 'deleted' | 'revoked'): string {
  const moment = tokensUntil.toISOString()
  const first =
    already && how === 'revoked'
      ? `${name} was revoked already, at ${since.toISOString()}.`
      : `${how} ${name}: it gets no token from now on.`
  return `${first}\n  Tokens that it has live until ${moment}; where an API asks the issuer (introspection), they have ended.\n`
}

/** What enforces the end of keys, where any has one: Keycloak does not. */
export function noteOnEnds(keys: readonly CustomerKey[]): string | undefined {
  const expired = keys.filter(({ state }) => state === 'expired').length
  if (expired > 0) {
    return `${expired} key(s) have expired and still get tokens, because Keycloak knows no end of a client: \`federate keys revoke --expired\` ends them. Run it daily.`
  }
  if (!keys.some(({ state, expires }) => state === 'active' && expires !== undefined)) return undefined
  return 'Keycloak knows no end of a client: `federate keys revoke --expired`, run daily, ends keys that have expired.'
}

function grantsText(grants: Grants): string {
  const parts = [...grants].map(([api, roles]) => (roles.length === 0 ? api : `${api}:${roles.join('+')}`))
  return parts.join(' ') || '-'
}

function ageOf(moment: Date | undefined, now: number): string {
  if (moment === undefined) return '-'
  const hours = Math.max(0, Math.floor((now - moment.getTime()) / 3_600_000))
  return hours < 48 ? `${hours}h` : `${Math.floor(hours / 24)}d`
}

export function keyJson(key: CustomerKey): Record<string, unknown> {
  return { ...key, grants: Object.fromEntries(key.grants), missing: Object.fromEntries(key.missing) }
}
