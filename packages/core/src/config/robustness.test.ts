import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { FederateError } from '../errors.ts'
import { parse, problems } from './federate-file.test-kit.ts'

function parseOrRefuse(text: string): void {
  try {
    parse(text)
  } catch (error) {
    expect(error).toBeInstanceOf(FederateError)
    if (!(error instanceof FederateError) || error.code !== 'CONFIG_INVALID') return
    expect(problems(error).length).toBeGreaterThan(0)
    const lines = text.split('\n').length
    for (const { line, column } of problems(error)) {
      expect(line).toBeGreaterThanOrEqual(1)
      expect(line).toBeLessThanOrEqual(lines)
      expect(column).toBeGreaterThanOrEqual(1)
    }
  }
}

const valid = `version: 1
owner: acme-platform
issuers:
  prod: { url: https://keycloak.example.com/realms/prod, kind: keycloak }
services:
  billing:
    auth: &a { method: client_secret_basic, secret: { file: /run/secrets/billing } }
    targets:
      s3: { cloud: aws, account: "123456789012", role: billing, policies: [a, b] }
  other: { auth: *a }
apis:
  orders: { audience: api://orders, roles: [reader] }
`
const word = fc.constantFrom(
  ...'version owner issuers prod url kind keycloak oidc services billing auth method secret key file env targets s3 cloud aws gcp account role apis audience roles __proto__ constructor toString 1 null'.split(
    ' ',
  ),
)
const tree = fc.letrec((tie) => ({
  node: fc.oneof({ depthSize: 'small' }, word, fc.jsonValue(), fc.array(tie('node')), fc.dictionary(word, tie('node'))),
})).node

describe('parseFederateFile fails with nothing but FederateError', () => {
  it('on any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), parseOrRefuse), { numRuns: 300 })
  })

  it('on any text of YAML signs and our words', () => {
    const sign = fc.constantFrom(
      ...':-?{}[],&*!|>\'"%@`#~<.\n\t '.split(''),
      '\n  ',
      ': ',
      '- ',
      '*a',
      '&a ',
      '<<',
      '!!str ',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(sign, word)), (parts) => parseOrRefuse(parts.join(''))),
      { numRuns: 500 },
    )
  })

  it('on any YAML', () => {
    fc.assert(
      fc.property(tree, (value) => parseOrRefuse(stringify(value))),
      { numRuns: 500 },
    )
  })

  it('on a file with one place overwritten', () => {
    const place = fc.nat({ max: valid.length })
    const length = fc.nat({ max: 20 })
    fc.assert(
      fc.property(place, length, fc.oneof(word, fc.string()), (at, cut, text) => {
        parseOrRefuse(valid.slice(0, at) + text + valid.slice(at + cut))
      }),
      { numRuns: 500 },
    )
  })

  it('and takes the file as it is', () => {
    expect(parse(valid).services.map(({ name }) => name)).toEqual(['billing', 'other'])
  })
})
