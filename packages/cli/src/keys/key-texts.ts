import { formatDuration } from '@federate/core'
import type { CustomerKey, Grants, IssuedKey, RotatedKey } from '@federate/keycloak/keys'
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
  const rows = keys.map((key) => [
    key.name,
    key.state,
    grantsText(key.grants),
    key.credential,
    formatDuration(key.lifetime),
    ageOf(key.issued, now),
    ageOf(key.rotated, now),
    key.expires?.toISOString().slice(0, 10) ?? '-',
    key.contact ?? '-',
  ])
  return tableText(['NAME', 'STATE', 'MAY', 'BY', 'TOKENS', 'AGE', 'ROTATED', 'EXPIRES', 'CONTACT'], rows)
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
  return { ...key, grants: Object.fromEntries(key.grants) }
}
