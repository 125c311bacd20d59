import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { FederateError } from '../errors.ts'
import { parseFederateFile } from './federate-file.ts'

const targetSchemas = new Map([['cloud', z.strictObject({ claims: z.record(z.string(), z.json()).optional() })]])

function parse(targets: readonly string[], claims = '{}') {
  const text = `version: 1
owner: acme
issuers: { main: { url: "https://kc.example.com/realms/prod", kind: keycloak } }
services:
  billing:
    auth: { method: token_file, file: /token }
    claims: ${claims}
    targets:
${targets.map((target, index) => `      t${index}: { cloud: cloud, claims: ${target} }`).join('\n')}
`
  return parseFederateFile(text, { path: '/federate.yaml', targetSchemas })
}

function problemOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof FederateError) return `${error.code}: ${error.problem}`
    throw error
  }
  return 'none'
}

describe('claims that a target needs', () => {
  it('are put among those of its service', () => {
    const [service] = parse(['{ a: 1 }', '{ a: 1, b: [x] }'], '{ c: true, a: 1 }').services
    expect(service?.claims).toEqual({ a: 1, b: ['x'], c: true })
  })

  it('cannot be another value for another target, or in the service’s claims', () => {
    expect(problemOf(() => parse(['{ a: 1 }', '{ a: 2 }']))).toContain(
      `services.billing.targets.t1: needs the claim a to be 2 in the service's tokens, and by targets.t0 it is 1`,
    )
    expect(problemOf(() => parse(['{ a: { b: [1] } }'], '{ a: { b: [2] } }'))).toContain(
      'to be {"b":[1]} in the service\'s tokens, and by claims it is {"b":[2]}: all targets of a service get the same',
    )
  })
})
