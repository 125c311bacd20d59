import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { parseFederateFile } from './federate-file.ts'
import { replaceInFederateFile } from './replacement.ts'

const path = '/home/acme/federate.yaml'
const text = `# The platform's own.
version: 1
owner: acme
issuers:
  prod: { url: https://keycloak.example.com/realms/prod, kind: keycloak }
  auth0: { url: https://acme.eu.auth0.com/, kind: oidc, audienceAs: audience }
services:
  billing:
    issuer: prod
    auth: &auth { method: client_secret_basic, secret: { file: /run/secrets/billing } }
    claims: { account: "012345678901", answer: "no" }
    targets: { s3: { cloud: aws, account: "012345678901" } }
  reporting: { issuer: auth0, subject: reporting@clients, auth: *auth }
apis: { orders: { audience: api://orders, roles: [reader] } }
`
const target = z.strictObject({ account: z.string() })
const parse = (yaml: string) => parseFederateFile(yaml, { path, targetSchemas: new Map([['aws', target]]) })

describe('replaceInFederateFile', () => {
  it('changes issuers and ways to tokens, and leaves all else as it is', () => {
    const loopback = { url: 'http://127.0.0.1:8180/realms/prod', kind: 'keycloak', audienceAs: 'scope' } as const
    const auth = { method: 'token_file', file: 'tokens/billing' } as const
    const replaced = parse(replaceInFederateFile(text, path, { issuers: { prod: loopback }, auth: { billing: auth } }))
    const before = parse(text)
    expect(replaced.issuers).toEqual({ ...before.issuers, prod: loopback })
    const [billing, reporting] = before.services
    expect(replaced.services).toEqual([{ ...billing, issuer: loopback, auth }, reporting])
    expect(replaced.apis).toEqual(before.apis)
  })

  it('refuses what is no YAML', () => {
    expect(() => replaceInFederateFile('a: [', path, { issuers: {}, auth: {} })).toThrow('is not YAML')
  })
})
