import { isLoopbackHost, isPrivateHost, publicPaths } from '@federate/core'
import { failed, passed, warned } from '@federate/core/rules'
import { invalidSignature, keyNotPublished, keyUnknown, metadataNotFetched, metadataRequestFailed } from './refusals.ts'
import type { Rule } from './rule.ts'

const metadataRule: Rule = {
  name: 'issuer-metadata',
  needs: ['issuer'],
  check({ token: { claims, signature } }) {
    const url = URL.parse(String(claims['iss']))
    const actual = String(claims['iss'])
    if (url === null || (url.protocol !== 'https:' && !isLoopbackHost(url.hostname)))
      return [unreachable('Entra fetches discovery and keys by https only.', actual)]
    if (signature.state === 'invalid' && signature.reason === metadataNotFetched)
      return [unreachable(signature.reason, actual)]
    const fetched = `Entra fetches ${publicPaths(actual)[0]} and the keys that it names.`
    if (isLoopbackHost(url.hostname))
      return [warned('An issuer on loopback is accepted by the sandbox only: Entra cannot reach it.', { actual })]
    if (!isPrivateHost(actual)) return [passed(fetched, { actual })]
    return [
      warned(`${fetched} It cannot reach this host from the internet, and will refuse with AADSTS50166.`, {
        actual,
        next: 'Make these two public under the very URL that stands in iss; Entra takes no uploaded keys.',
      }),
    ]
  },
}

function unreachable(detail: string, actual: string) {
  return failed(metadataRequestFailed(), detail, {
    expected: 'a public https issuer with a certificate of a public authority',
    actual,
    next: 'Make the discovery document and the keys reachable from the internet, under the very URL that stands in iss.',
  })
}

const signatureRule: Rule = {
  name: 'signature',
  needs: ['algorithm', 'issuer-metadata'],
  check({ token: { signature, header, claims } }) {
    if (signature.state === 'valid') return [passed('The signature was verified with the issuer’s key.')]
    if (signature.state === 'unchecked')
      return [warned('The signature was not checked here; Entra checks it with the keys that the issuer publishes.')]
    if (signature.reason === keyNotPublished)
      return [
        failed(keyUnknown(String(header['kid'] ?? '(none)'), String(claims['iss'])), signature.reason, {
          expected: 'a kid of the issuer’s JWKS',
          actual: String(header['kid'] ?? '(none)'),
          next: 'Publish a new key long before signing with it: Entra keeps an issuer’s keys for half an hour, and the first 100 of them.',
        }),
      ]
    return [
      failed(invalidSignature(), `The signature does not hold: ${signature.reason}`, {
        next: 'Get a new token from the issuer, and check that nothing changes it on the way.',
      }),
    ]
  },
}

/** Fetching keys and checking a signature is work; here only the results are judged. */
export const signatureRules: readonly Rule[] = [metadataRule, signatureRule]
