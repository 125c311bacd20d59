import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readKeySet } from '../keys/key-set.ts'
import { Refusal } from '../refusal.ts'
import { refusalBy } from '../refusals.ts'
import { algorithmRule, headerRule } from '../rules/header-rules.ts'
import { checkSignature } from '../signature.ts'
import { readHeader } from '../tokens/compact-token.ts'
import { asymmetricAlgorithms } from '../trusted-issuer.ts'

type Json = Readonly<Record<string, unknown>>

interface Vector {
  readonly id: number
  readonly comment: string
  readonly jws: unknown
  readonly result: 'valid' | 'invalid' | 'acceptable'
}

interface Group {
  readonly key: Json
  readonly tests: readonly Vector[]
}

function read<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'))
}

/** A signature as the verifier checks it: header, key set, signature. What was signed need not be a token's claims. */
async function accepts(jws: unknown, keys: Json): Promise<boolean> {
  try {
    const text = typeof jws === 'string' ? jws : JSON.stringify(jws)
    const header = readHeader(text)
    const terms = {
      ...{ issuer: 'https://issuer.example.com', audiences: ['api'], profile: 'keycloak' as const },
      ...{ algorithms: asymmetricAlgorithms, clients: undefined, jwksUri: undefined, introspection: undefined },
    }
    for (const rule of [algorithmRule, headerRule]) {
      const objection = rule.objection({ header, claims: {}, terms, clockTolerance: 0, now: 0 })
      if (objection !== undefined) throw refusalBy(rule, objection)
    }
    await checkSignature({ text, header }, terms.issuer, readKeySet(keys, 'the vectors'))
    return true
  } catch (error) {
    if (error instanceof Refusal || (error instanceof Error && 'code' in error)) return false
    throw error
  }
}

const keySet = (key: Json) => (Array.isArray(key['keys']) ? key : { keys: [key] })

/** Why a vector that is valid by the RFCs is refused all the same. */
function refusedOnPurpose(jws: unknown, key: Json): string | undefined {
  const [header = '', payload = ''] = String(jws).split('.')
  const { alg } = JSON.parse(Buffer.from(header, 'base64url').toString())
  if (/^HS|^none$/.test(alg)) return 'nobody who verifies access tokens shares a secret with their issuer'
  if (payload === '') return 'no access token is empty'
  if (key['alg'] !== undefined && key['alg'] !== alg) return 'the key is for another algorithm (a slip of the vectors)'
  return undefined
}

describe.each(['signature', 'key', 'crypto'])('Wycheproof, JSON Web %s', (name) => {
  const { groups } = read<{ groups: readonly Group[] }>(`./wycheproof-${name}.json`)
  const vectors = groups.flatMap(({ key, tests }) => tests.map((test) => ({ ...test, key })))
  const invalid = vectors.filter(({ result }) => result === 'invalid')
  const valid = vectors.filter(({ result }) => result === 'valid')

  it('has vectors', () => {
    expect([name, valid.length, invalid.length]).toEqual(
      { signature: [name, 46, 355], key: [name, 5, 21], crypto: [name, 4, 45] }[name],
    )
  })

  it.each(invalid)('$id $comment is refused', async ({ jws, key }) => {
    expect(await accepts(jws, keySet(key))).toBe(false)
  })

  it.each(valid)('$id $comment is accepted, or refused on purpose', async ({ jws, key }) => {
    expect(await accepts(jws, keySet(key))).toBe(refusedOnPurpose(jws, key) === undefined)
  })
})

describe.each(['rfc7515', 'rfc7520'])('The examples of %s', (name) => {
  const { vectors } = read<{ vectors: readonly { title: string; key: Json; jws?: string }[] }>(`./${name}.json`)

  it.each(vectors)('$title', async ({ jws = '', key }) => {
    expect(await accepts(jws, keySet(key))).toBe(refusedOnPurpose(jws, key) === undefined)
  })

  it.each(vectors)('$title, with its signature changed', async ({ jws = '', key }) => {
    const at = jws.lastIndexOf('.') + 5
    const changed = `${jws.slice(0, at)}${jws[at] === 'A' ? 'B' : 'A'}${jws.slice(at + 1)}`
    expect(await accepts(changed, keySet(key))).toBe(false)
  })
})
