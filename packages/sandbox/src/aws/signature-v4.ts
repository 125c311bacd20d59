import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** What of a request is signed. Header names are in lower case. */
export interface SignedRequest {
  readonly method: string
  /** Path and query as on the request line. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** The Authorization header of Signature Version 4, taken apart. */
export interface Authorization {
  readonly accessKeyId: string
  /** As in the scope: `20260924`. */
  readonly date: string
  readonly region: string
  readonly service: string
  readonly signedHeaders: readonly string[]
  readonly signature: string
}

const header =
  /^AWS4-HMAC-SHA256 +Credential=([\w]+)\/(\d{8})\/([\w-]+)\/([\w-]+)\/aws4_request, *SignedHeaders=([a-z0-9;-]+), *Signature=([0-9a-f]{64})$/

export function parseAuthorization(value: string): Authorization | undefined {
  const [, accessKeyId, date, region, service, signedHeaders, signature] = header.exec(value) ?? []
  if (accessKeyId === undefined || date === undefined || region === undefined) return undefined
  if (service === undefined || signedHeaders === undefined || signature === undefined) return undefined
  return { accessKeyId, date, region, service, signedHeaders: signedHeaders.split(';'), signature }
}

/** The canonical form of a request (IAM User Guide, reference_sigv-create-signed-request, step 1). */
export function canonicalRequest(request: SignedRequest, signedHeaders: readonly string[]): string {
  const [path = '/', query = ''] = request.target.split('?', 2)
  const headers = signedHeaders.map((name) => `${name}:${collapse(request.headers[name] ?? '')}\n`)
  return [
    request.method,
    canonicalPath(path),
    canonicalQuery(query),
    headers.join(''),
    signedHeaders.join(';'),
    sha256(request.body),
  ].join('\n')
}

/** Step 3: what the signing key is applied to. `time` is the value of X-Amz-Date. */
export function stringToSign(canonical: string, time: string, scope: string): string {
  return ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')
}

/** Steps 4 and 5: the signature in hexadecimal. */
export function signatureOf(secret: string, authorization: Authorization, text: string): string {
  const parts = [authorization.date, authorization.region, authorization.service, 'aws4_request']
  const key = parts.reduce<Buffer>((signingKey, part) => hmac(signingKey, part), Buffer.from(`AWS4${secret}`))
  return hmac(key, text).toString('hex')
}

/** Whether a request bears the signature of this secret. */
export function signatureHolds(request: SignedRequest, authorization: Authorization, secret: string): boolean {
  const { date, region, service, signedHeaders, signature } = authorization
  const time = request.headers['x-amz-date'] ?? ''
  const claimedHash = request.headers['x-amz-content-sha256']
  if (claimedHash !== undefined && claimedHash !== sha256(request.body)) return false
  if (!signedHeaders.includes('host') || !signedHeaders.includes('x-amz-date') || !time.startsWith(date)) return false
  const scope = `${date}/${region}/${service}/aws4_request`
  const text = stringToSign(canonicalRequest(request, signedHeaders), time, scope)
  return timingSafeEqual(Buffer.from(signatureOf(secret, authorization, text)), Buffer.from(signature))
}

/** Reads X-Amz-Date (`20260924T120000Z`) in milliseconds since the epoch. */
export function parseAmzDate(value: string): number | undefined {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(value) ?? []
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(time) ? undefined : time
}

/** IAM and STS are not S3: each part of a path is encoded once more. */
function canonicalPath(path: string): string {
  return path.split('/').map(encode).join('/') || '/'
}

function canonicalQuery(query: string): string {
  return [...new URLSearchParams(query)]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&')
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}

function collapse(value: string): string {
  return value.trim().replace(/ +/g, ' ')
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
