import { randomUUID } from 'node:crypto'
import { type CryptoKey, SignJWT } from 'jose'
import { keyId } from './tested-realm.ts'

/** An answer, as far as it is compared. */
export interface WireAnswer {
  readonly status: number
  readonly contentType: string | null
  readonly cacheControl: string | null
  readonly body: Readonly<Record<string, unknown>>
}

/** One request, exactly as given. */
export async function ask(url: string, init: RequestInit = {}): Promise<WireAnswer> {
  const answer = await fetch(url, { redirect: 'manual', ...init })
  const text = await answer.text()
  const body: unknown = text === '' ? {} : JSON.parse(text)
  if (typeof body !== 'object' || body === null)
    throw new Error(`${url} answered with ${text.length} characters, no object`)
  return {
    status: answer.status,
    contentType: answer.headers.get('content-type'),
    cacheControl: answer.headers.get('cache-control'),
    body: { ...body },
  }
}

export type Parameters = Readonly<Record<string, string>> | string

/** One request to the token endpoint, with `grant_type=client_credentials` unless given as text. */
export function askToken(
  issuer: string,
  parameters: Parameters,
  headers: Record<string, string> = {},
): Promise<WireAnswer> {
  const form = typeof parameters === 'string' ? parameters : { grant_type: 'client_credentials', ...parameters }
  const body = new URLSearchParams(form)
  return ask(`${issuer}/protocol/openid-connect/token`, { method: 'POST', headers, body })
}

/** One POST of a form to an endpoint beside the token endpoint. */
export function post(
  issuer: string,
  endpoint: 'revoke' | 'logout',
  parameters: Parameters,
  headers: Record<string, string> = {},
): Promise<WireAnswer> {
  const body = new URLSearchParams(parameters)
  return ask(`${issuer}/protocol/openid-connect/${endpoint}`, { method: 'POST', headers, body })
}

/** A refresh by RFC 6749 section 6. */
export function refresh(
  issuer: string,
  client: { clientId: string; secret: string },
  parameters: Record<string, string>,
): Promise<WireAnswer> {
  return askToken(issuer, { grant_type: 'refresh_token', ...parameters }, basic(client))
}

/** RFC 6749 section 2.3.1. */
export function basic({ clientId, secret }: { clientId: string; secret: string }): { authorization: string } {
  const encode = (text: string) => new URLSearchParams({ '': text }).toString().slice(1)
  return { authorization: `Basic ${Buffer.from(`${encode(clientId)}:${encode(secret)}`).toString('base64')}` }
}

export interface AssertionOptions {
  /** Put over the claims of a good assertion; `undefined` takes one away. */
  readonly claims?: Readonly<Record<string, unknown>>
  readonly algorithm?: string
  readonly keyId?: string
}

/** Parameters of private_key_jwt for the client `signed`. */
export async function asserted(
  issuer: string,
  key: CryptoKey,
  options: AssertionOptions = {},
): Promise<Record<string, string>> {
  const now = Math.floor(Date.now() / 1000)
  const good = { iss: 'signed', sub: 'signed', aud: issuer, jti: randomUUID(), iat: now, exp: now + 30 }
  const assertion = await new SignJWT({ ...good, ...options.claims })
    .setProtectedHeader({ alg: options.algorithm ?? 'RS256', kid: options.keyId ?? keyId })
    .sign(key)
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  }
}

/** The access token of an answer. */
export function accessTokenOf(answer: WireAnswer): string {
  return tokenOf(answer, 'access_token')
}

export function tokenOf(answer: WireAnswer, member: 'access_token' | 'refresh_token'): string {
  const token = answer.body[member]
  if (typeof token !== 'string') throw new Error(`no ${member}, but ${answer.status} ${JSON.stringify(answer.body)}`)
  return token
}
