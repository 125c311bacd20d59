import { FederateError } from '@federate/core'
import { describe, expect, it } from 'vitest'
import type { TrustedIssuer } from './options.ts'
import { createVerifier } from './verifier.ts'

const good: TrustedIssuer = { issuer: 'https://kc.example.com/realms/prod', audience: 'api://orders' }

function refused(work: () => unknown): [string, string] {
  try {
    work()
  } catch (error) {
    if (error instanceof FederateError) return [error.code, error.problem]
    throw error
  }
  throw new Error('nothing was refused')
}

describe('the options of a verifier', () => {
  it('may name one issuer or several', () => {
    expect(createVerifier(good)).toBeDefined()
    expect(createVerifier({ issuers: [good, { ...good, issuer: 'https://kc.example.com/realms/test' }] })).toBeDefined()
  })

  it.each([
    [{ ...good, audience: '' }, 'VERIFIER_NO_AUDIENCE', 'has no audience'],
    [{ ...good, audience: [] }, 'VERIFIER_NO_AUDIENCE', 'has no audience'],
    [{ issuers: [] }, 'VERIFIER_NO_ISSUER', 'The list of issuers is empty'],
    [{ issuers: [good, good] }, 'VERIFIER_ISSUER_TWICE', 'is listed twice'],
    [
      { ...good, issuer: 'http://kc.example.com/realms/prod' },
      'ISSUER_URL_SCHEME',
      'uses http where https was expected',
    ],
    [{ ...good, issuer: `${good.issuer}/` }, 'ISSUER_URL_TRAILING_SLASH', 'ends with a slash'],
    [{ ...good, algorithms: ['none'] }, 'VERIFIER_ALGORITHM', 'The algorithm "none" is not accepted'],
    [{ ...good, algorithms: ['HS256'] }, 'VERIFIER_ALGORITHM', 'The algorithm "HS256" is not accepted'],
    [{ ...good, algorithms: [] }, 'VERIFIER_ALGORITHM', 'The algorithm "(none)" is not accepted'],
    [{ ...good, jwksUri: 'http://kc.example.com/certs' }, 'ISSUER_URL_SCHEME', 'uses http where https was expected'],
    [{ ...good, jwksUri: 'certs' }, 'VERIFIER_ADDRESS', 'certs is not a URL'],
    [{ ...good, jwksUri: 'data:,x' }, 'VERIFIER_ADDRESS', 'data:,x is not a URL'],
    [{ ...good, clients: [] }, 'VERIFIER_NO_CLIENT', 'The list of clients of the issuer'],
    [{ ...good, issuers: [good] }, 'VERIFIER_OPTION_UNKNOWN', 'The options have issuer beside issuers'],
  ])('refuse %j', (options, code, problem) => {
    const [foundCode, foundProblem] = refused(() => createVerifier(options))
    expect(foundCode).toBe(code)
    expect(foundProblem).toContain(problem)
  })
})
