import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AuthReference } from '../service-file/service.ts'
import { parse } from './federate-file.test-kit.ts'
import { federateFileTemplate } from './template.ts'

const plain = {
  owner: 'acme-platform',
  issuerUrl: 'https://keycloak.example.com/realms/prod',
  issuerKind: 'keycloak' as const,
  service: 'billing',
  auth: { method: 'client_secret_basic' as const, secret: { file: '/run/secrets/billing' } },
}

describe('federateFileTemplate', () => {
  it('explains what it writes', () => {
    const target = {
      cloud: 'aws',
      account: '012345678901',
      role: 'billing',
      policies: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
    }
    expect(federateFileTemplate({ ...plain, target })).toBe(`\
# What federate sets up, checked by \`federate plan\` and done by \`federate setup\`. No secret belongs here.
version: 1

# Everything made from this file bears this name, and only what bears it is ever changed or deleted.
owner: acme-platform

# Who issues the tokens. The url is exactly the "iss" of its tokens, without a slash at its end.
issuers:
  main:
    url: https://keycloak.example.com/realms/prod
    kind: keycloak

# The workloads. Each is one client at the issuer.
services:
  billing:
    # Where the service finds its secret, on its own host; never the secret itself.
    auth:
      method: client_secret_basic
      secret:
        file: /run/secrets/billing
    # What the service wants of the clouds, by names of your own.
    targets:
      aws:
        cloud: aws
        account: "012345678901"
        role: billing
        policies:
          - arn:aws:iam::aws:policy/ReadOnlyAccess
`)
  })

  it('needs no target', () => {
    expect(parse(federateFileTemplate(plain)).services).toMatchObject([{ name: 'billing', targets: [] }])
  })

  it('is read again as what was asked for, whatever the words', () => {
    const name = fc.oneof(
      fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,62}$/),
      fc.constantFrom('null', 'true', '1', '1e3', '0x1', 'constructor'),
    )
    const text = fc
      .stringMatching(/^[!-~]([ -~]{0,30}[!-~])?$/)
      .filter((one) => !/:\/\/.*@|(bearer|basic|dpop) |(password|assertion|token)=/i.test(one))
    const reference = fc.oneof(
      fc.record({ file: text }),
      fc.record({ env: fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,20}$/) }),
    )
    const auth: fc.Arbitrary<AuthReference> = fc.oneof(
      fc.record({ method: fc.constantFrom('client_secret_basic', 'client_secret_post'), secret: reference }),
      fc.record({ method: fc.constant('private_key_jwt'), key: reference }),
      fc.record({
        method: fc.constant('private_key_jwt'),
        key: reference,
        keyId: text,
        algorithm: fc.constant('PS256'),
      }),
      fc.record({ method: fc.constant('token_file'), file: text }),
    )
    const templates = fc.record({
      owner: fc.stringMatching(/^[a-z][a-z0-9-]{1,31}$/),
      issuerUrl: fc.webUrl({ validSchemes: ['https'] }).map((url) => new URL(url).origin),
      issuerKind: fc.constantFrom('keycloak' as const, 'oidc' as const),
      issuerName: name,
      service: name,
      clientId: text,
      subject: text,
      auth,
      targetName: name,
      target: fc.record({
        cloud: fc.constant('aws'),
        account: fc.stringMatching(/^\d{12}$/),
        role: fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }),
        policies: fc.array(text),
      }),
    })
    fc.assert(
      fc.property(templates, (template) => {
        const { owner, service, clientId, subject, issuerName, issuerUrl, issuerKind, targetName, target } = template
        const { cloud, ...wish } = target
        expect(parse(federateFileTemplate(template))).toMatchObject({
          owner,
          issuers: { [issuerName]: { url: issuerUrl, kind: issuerKind } },
          services: [
            {
              name: service,
              clientId,
              subject,
              auth: template.auth,
              targets: [{ service, name: targetName, cloud, wish: { ...wish, seconds: 3600 } }],
            },
          ],
        })
      }),
    )
  })
})
