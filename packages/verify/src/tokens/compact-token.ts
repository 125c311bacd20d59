import type { JwtClaims } from '@federate/core'
import { invalidToken, Refusal } from '../refusal.ts'
import { hasDuplicateMembers } from './duplicate-members.ts'

/** A signed token, taken apart and not verified. */
export interface CompactToken {
  readonly text: string
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: JwtClaims
}

const threeParts = /^[\w-]+\.[\w-]+\.[\w-]+$/
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Takes a signed JWT apart (RFC 7515 section 7.1), strictly: base64url without padding, UTF-8, JSON objects without
 * duplicate names.
 *
 * @throws Refusal `TOKEN_TOO_LONG`, `TOKEN_MALFORMED`.
 */
export function readCompactToken(text: string, maximumLength: number): CompactToken {
  if (typeof text !== 'string') throw malformed('it is no text')
  if (text.length > maximumLength) throw tooLong(text.length, maximumLength)
  const header = readHeader(text)
  return { text, header, claims: jsonPart(text.slice(text.indexOf('.') + 1, text.lastIndexOf('.')), 'payload') }
}

/** The header of a signed token in its compact form, whatever it signs. @throws Refusal `TOKEN_MALFORMED`. */
export function readHeader(text: string): Readonly<Record<string, unknown>> {
  if (threeParts.test(text)) return jsonPart(text.slice(0, text.indexOf('.')), 'header')
  throw malformed(whatItIs(text))
}

const partNames = ['header', 'payload', 'signature'] as const

/** Why a text is not three parts of base64url: what was really found, and nothing of what it says. */
function whatItIs(text: string): string {
  if (text === '') return 'it is empty'
  const parts = text.split('.')
  if (parts.length === 5) return 'it is encrypted (five parts), and only signed ones are read'
  if (parts.length !== 3)
    return `it has ${parts.length === 1 ? '1 part' : `${parts.length} parts`}, where 3 were expected`
  const wrong = parts.findIndex((part) => !/^[\w-]+$/.test(part))
  const [part, name] = [parts[wrong] ?? '', partNames[wrong] ?? 'signature']
  if (part === '') return name === 'signature' ? 'it is not signed: its signature is empty' : `its ${name} is empty`
  if (/\s/.test(part)) return `its ${name} has white space in it`
  return `its ${name} has ${part.includes('=') ? 'padding ("=")' : 'a character'} that is not base64url of a JWT`
}

function jsonPart(part: string, name: string): Readonly<Record<string, unknown>> {
  const text = decoded(part, name)
  const value = parsed(text, name)
  if (hasDuplicateMembers(text, value)) throw malformed(`its ${name} names a member twice`)
  return value
}

function decoded(part: string, name: string): string {
  const bytes = Buffer.from(part, 'base64url')
  try {
    return utf8.decode(bytes)
  } catch {
    throw malformed(`its ${name} is not UTF-8`)
  }
}

function parsed(text: string, name: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw malformed(`its ${name} is not JSON`)
  }
  if (isObject(value)) return value
  throw malformed(`its ${name} is no JSON object`)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function malformed(reason: string): Refusal {
  return new Refusal({
    code: 'TOKEN_MALFORMED',
    problem: `The token is not a signed JWT: ${reason}.`,
    next: 'Send the access_token of the token response as it is.',
    answer: invalidToken,
  })
}

function tooLong(length: number, maximum: number): Refusal {
  return new Refusal({
    code: 'TOKEN_TOO_LONG',
    problem: `The token has ${length} characters, and at most ${maximum} are read.`,
    next: 'Take claims out of it at the issuer (Keycloak: "Full scope allowed" off), or raise maximumLength.',
    answer: invalidToken,
    details: { length, maximum },
  })
}
