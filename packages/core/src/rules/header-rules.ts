import type { ExaminedToken } from '../verdict.ts'
import { type Finding, failed, passed, type Refusal, type Rule } from './rule.ts'
import { shown } from './shown.ts'

interface TokenQuestion {
  readonly token: Pick<ExaminedToken, 'header'>
}

export interface AlgorithmRule {
  /** Who verifies, for people. */
  readonly verifier: string
  /** Those that it verifies, as JWA names them. */
  readonly algorithms: readonly string[]
  /** What it answers to any other. */
  refusal(algorithm: string): Refusal
  /** What is known of another one, where that is not simply refused. Default: nothing. */
  otherwise?(algorithm: string): Finding | undefined
}

/** The signature algorithm (RFC 7515 section 4.1.1) is one that the cloud verifies. */
export function algorithmRule({ verifier, algorithms, refusal, otherwise }: AlgorithmRule): Rule<TokenQuestion> {
  return {
    name: 'algorithm',
    needs: [],
    check({ token: { header } }) {
      const algorithm = header['alg']
      const actual = shown(algorithm)
      if (algorithms.some((one) => one === algorithm)) return [passed(`${verifier} verifies ${actual}.`, { actual })]
      const known = typeof algorithm === 'string' ? otherwise?.(algorithm) : undefined
      if (known !== undefined) return [known]
      return [
        failed(refusal(String(algorithm)), `${verifier} does not verify this signature algorithm.`, {
          expected: algorithms.join(', '),
          actual,
          next: 'Have the issuer sign with RS256: in Keycloak the client’s "Access token signature algorithm".',
        }),
      ]
    },
  }
}

/** The header names its key (RFC 7515 section 4.1.4). What the cloud does with one that does not, it says itself. */
export function keyIdRule(without: (compared: { expected: string; actual: string }) => Finding): Rule<TokenQuestion> {
  return {
    name: 'key-id',
    needs: [],
    check({ token: { header } }) {
      const keyId = header['kid']
      if (typeof keyId === 'string' && keyId !== '') return [passed('The header names its key.', { actual: keyId })]
      return [without({ expected: 'a kid in the header', actual: shown(keyId) })]
    },
  }
}
