import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  canonicalRequest,
  parseAmzDate,
  parseAuthorization,
  type SignedRequest,
  signatureHolds,
  signatureOf,
  stringToSign,
} from './signature-v4.ts'

// AWS's own example of a signed request to IAM: "Examples of the complete Signature Version 4 signing process".
const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
const signature = '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7'
const scope = '20150830/us-east-1/iam/aws4_request'
const header = `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${scope}, SignedHeaders=content-type;host;x-amz-date, Signature=${signature}`
const listUsers: SignedRequest = {
  method: 'GET',
  target: '/?Action=ListUsers&Version=2010-05-08',
  headers: {
    'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
    host: 'iam.amazonaws.com',
    'x-amz-date': '20150830T123600Z',
  },
  body: new Uint8Array(),
}

function authorization() {
  const parsed = parseAuthorization(header)
  if (parsed === undefined) throw new Error('The example header must be readable.')
  return parsed
}

describe('AWS’s documented example', () => {
  it('has the documented canonical request', () => {
    const canonical = canonicalRequest(listUsers, authorization().signedHeaders)
    expect(createHash('sha256').update(canonical).digest('hex')).toBe(
      'f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59',
    )
  })

  it('has the documented signature', () => {
    const canonical = canonicalRequest(listUsers, authorization().signedHeaders)
    const text = stringToSign(canonical, '20150830T123600Z', scope)
    expect(signatureOf(secret, authorization(), text)).toBe(signature)
    expect(signatureHolds(listUsers, authorization(), secret)).toBe(true)
  })

  it.each<[string, Partial<SignedRequest>]>([
    ['the method', { method: 'POST' }],
    ['the query', { target: '/?Action=ListRoles&Version=2010-05-08' }],
    ['the path', { target: '/x?Action=ListUsers&Version=2010-05-08' }],
    ['a signed header', { headers: { ...listUsers.headers, host: 'sts.amazonaws.com' } }],
    ['the body', { body: Buffer.from('x') }],
    ['the time', { headers: { ...listUsers.headers, 'x-amz-date': '20150830T123601Z' } }],
    ['the day', { headers: { ...listUsers.headers, 'x-amz-date': '20150831T123600Z' } }],
    ['the claimed hash of the body', { headers: { ...listUsers.headers, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } }],
  ])('does not hold with %s changed', (_, change) => {
    expect(signatureHolds({ ...listUsers, ...change }, authorization(), secret)).toBe(false)
  })

  it('does not hold with another secret, or without a signed host', () => {
    expect(signatureHolds(listUsers, authorization(), `${secret}x`)).toBe(false)
    const withoutHost = { ...authorization(), signedHeaders: ['content-type', 'x-amz-date'] }
    const text = stringToSign(canonicalRequest(listUsers, withoutHost.signedHeaders), '20150830T123600Z', scope)
    const forged = { ...withoutHost, signature: signatureOf(secret, withoutHost, text) }
    expect(signatureHolds(listUsers, forged, secret)).toBe(false)
  })
})

describe('the canonical form', () => {
  it('sorts the query, encodes strictly and folds blanks in headers', () => {
    const request = { ...listUsers, target: "/a%20b/*?b=2&a=x'y&a=1", headers: { host: '  a   b ' } }
    expect(canonicalRequest(request, ['host']).split('\n').slice(0, 4)).toEqual([
      'GET',
      '/a%2520b/%2A',
      'a=1&a=x%27y&b=2',
      'host:a b',
    ])
  })
})

describe('an Authorization header', () => {
  it.each(['', 'Bearer x', header.replace('AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256'), header.slice(0, -1)])(
    'that is not complete is not read: %s',
    (value) => {
      expect(parseAuthorization(value)).toBeUndefined()
    },
  )
})

describe('X-Amz-Date', () => {
  it('is read as UTC, and only in its own form', () => {
    expect(parseAmzDate('20150830T123600Z')).toBe(Date.UTC(2015, 7, 30, 12, 36))
    expect(parseAmzDate('2015-08-30T12:36:00Z')).toBeUndefined()
    expect(parseAmzDate('20151330T123600Z')).toBeUndefined()
  })
})
