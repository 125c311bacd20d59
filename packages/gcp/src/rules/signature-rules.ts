import { failed, passed, shown, warned } from '@federate/core/rules'
import { describeKey, fits, parseJwks } from './jwks.ts'
import type { AcceptanceQuestion } from './question.ts'
import { issuerNotConnected, keyNotRetrieved, signatureNotVerified } from './refusals.ts'
import type { Rule } from './rule.ts'

const keyRule: Rule = {
  name: 'key',
  needs: ['algorithm', 'key-id', 'issuer'],
  check(question) {
    const { header, signature } = question.token
    const text = keysOf(question)
    if (text === undefined)
      return signature.state === 'valid'
        ? [passed('The key was found.')]
        : [warned('With which keys Google checks the signature is not known here; it fetches those of the issuer.')]
    const keys = parseJwks(text)
    const where = whose(question)
    if (keys === undefined) return [failed(issuerNotConnected(), `${where} are no JWKS.`, { next: renew(question) })]
    const named = keys.filter((key) => key['kid'] === header['kid'])
    const pair = {
      expected: keys.map(describeKey).join(', ') || '(no key)',
      actual: `${shown(header['kid'])}, ${shown(header['alg'])}`,
    }
    if (named.length === 0)
      return [
        failed(issuerNotConnected(), `${where} lack the one that the token names.`, { ...pair, next: renew(question) }),
      ]
    if (named.some((key) => fits(key, header['alg'])))
      return [passed(`${where} have the one that the token names.`, pair)]
    return [
      failed(issuerNotConnected(), `The key that the token names is of another kind than its algorithm.`, {
        ...pair,
        next: 'Have the issuer sign with RS256 and an RSA key, or ES256 and a P-256 key.',
      }),
    ]
  },
}

function keysOf({ provider, publishedKeys }: AcceptanceQuestion): string | undefined {
  return provider?.jwksJson ?? publishedKeys
}

function whose({ provider }: AcceptanceQuestion): string {
  return provider?.jwksJson === undefined ? 'The keys that the issuer publishes' : 'The keys uploaded to the provider'
}

function renew({ provider }: AcceptanceQuestion): string {
  return provider?.jwksJson === undefined
    ? 'Check jwks_uri in the discovery document, and that the token is of this issuer.'
    : 'Uploaded keys do not follow a rotation: run federate setup gcp, which uploads the present ones.'
}

const signatureRule: Rule = {
  name: 'signature',
  needs: ['algorithm', 'issuer', 'key'],
  check({ token: { signature } }) {
    if (signature.state === 'valid') return [passed('The signature was verified with the issuer’s key.')]
    if (signature.state === 'unchecked') return [warned('The signature was not checked here; Google checks it.')]
    if (signature.reason === keyNotRetrieved)
      return [
        failed(issuerNotConnected(), signature.reason, {
          next: 'Check that the discovery document and jwks_uri are public, or upload the keys: federate setup gcp with `jwks: upload`.',
        }),
      ]
    return [
      failed(signatureNotVerified(), `The signature does not hold: ${signature.reason}`, {
        next: 'Get a new token from the issuer, and check that nothing changes it on the way.',
      }),
    ]
  },
}

/** Which key, and whether the signature holds; checking it is work, and here only its result is judged. */
export const signatureRules: readonly Rule[] = [keyRule, signatureRule]
