import { type Finding, failed, passed, type Refusal } from '@federate/core/rules'
import { audienceList } from './claims.ts'
import { type Difference, difference } from './difference.ts'
import type { AcceptanceQuestion, FederatedCredential } from './question.ts'
import { audienceUnmatched, issuerUnmatched, subjectCaseUnmatched, subjectUnmatched } from './refusals.ts'
import type { Rule } from './rule.ts'

// Exact and case-sensitive, all three (Microsoft identity platform, reference-breaking-changes, August 2024).

const issuerRule: Rule = {
  name: 'issuer',
  needs: ['claim-shapes', 'foreign-token', 'credentials'],
  check(question) {
    const issuer = String(question.token.claims['iss'])
    if (issuer.trim() !== issuer) return [paddedIssuer(issuer)]
    const [match] = byIssuer(question)
    if (match !== undefined)
      return [passed('A federated credential has the token’s issuer.', { expected: match.issuer, actual: issuer })]
    return [mismatch(issuerUnmatched(issuer), 'issuer', credentials(question), (one) => one.issuer, issuer)]
  },
}

/** Seen to block the exchange even where the credential has the same spaces. */
function paddedIssuer(issuer: string): Finding {
  return failed(
    issuerUnmatched(issuer),
    'The token’s iss begins or ends with a space, and Entra then matches nothing.',
    {
      expected: issuer.trim(),
      actual: JSON.stringify(issuer),
      next: 'Take the space out of the issuer’s URL, at the issuer and in the credential.',
    },
  )
}

const subjectRule: Rule = {
  name: 'subject',
  needs: ['issuer'],
  check(question) {
    const subject = String(question.token.claims['sub'])
    const [match] = bySubject(question)
    if (match !== undefined)
      return [passed('That credential has the token’s subject.', { expected: match.subject, actual: subject })]
    const candidates = byIssuer(question)
    const otherCase = candidates.some((one) => one.subject.toLowerCase() === subject.toLowerCase())
    const refusal = otherCase ? subjectCaseUnmatched(subject) : subjectUnmatched(subject)
    return [mismatch(refusal, 'subject', candidates, (one) => one.subject, subject)]
  },
}

const audienceRule: Rule = {
  name: 'audience',
  needs: ['subject', 'one-audience'],
  check(question) {
    const [audience = ''] = audienceList(question.token.claims) ?? []
    const candidates = bySubject(question)
    const match = candidates.find((one) => one.audiences.includes(audience))
    if (match !== undefined)
      return [
        passed('That credential has the token’s audience.', { expected: match.audiences.join(', '), actual: audience }),
      ]
    return [mismatch(audienceUnmatched(audience), 'audience', candidates, (one) => one.audiences[0] ?? '', audience)]
  },
}

type Part = 'issuer' | 'subject' | 'audience'

function mismatch(
  refusal: Refusal,
  part: Part,
  candidates: readonly FederatedCredential[],
  read: (credential: FederatedCredential) => string,
  actual: string,
): Finding {
  const nearest = closest(candidates.map(read), actual)
  const several = candidates.length > 1 ? ` (the nearest of ${candidates.length})` : ''
  return failed(
    refusal,
    `No federated credential has exactly this ${part}. ${nearest.difference?.detail ?? ''}`.trim(),
    { expected: `${nearest.expected}${several}`, actual, next: advice(part, nearest.difference?.kind) },
  )
}

/** The value that is most probably meant: one that only looks the same first, else the one with the longest common beginning. */
function closest(values: readonly string[], actual: string): { expected: string; difference: Difference | undefined } {
  const compared = [...new Set(values)].map((expected) => ({ expected, difference: difference(expected, actual) }))
  const rank = ({ difference: found }: (typeof compared)[number]) =>
    (found === undefined || found.kind !== 'text' ? 1_000_000 : 0) + (found?.at ?? 0)
  const [best] = compared.sort((one, other) => rank(other) - rank(one))
  return best ?? { expected: '(none)', difference: undefined }
}

function advice(part: Part, kind: Difference['kind'] | undefined): string {
  if (kind === 'case')
    return `Entra compares case-sensitively: write the ${part} in the credential as it stands in the token.`
  if (kind === 'slash') return 'A slash at the end counts: write the credential as the token has it.'
  if (part === 'issuer')
    return 'Check the realm and the issuer’s public address, and write the credential’s issuer exactly as the token’s iss.'
  if (part === 'subject') return 'Check which service got this token, and which subject the credential trusts.'
  return 'Ask the issuer for the audience of the credential: each sovereign cloud has its own constant.'
}

function credentials({ client }: AcceptanceQuestion): readonly FederatedCredential[] {
  return client?.federatedCredentials ?? []
}

function byIssuer(question: AcceptanceQuestion): readonly FederatedCredential[] {
  return credentials(question).filter((one) => one.issuer === question.token.claims['iss'])
}

function bySubject(question: AcceptanceQuestion): readonly FederatedCredential[] {
  return byIssuer(question).filter((one) => one.subject === question.token.claims['sub'])
}

/** The token’s iss, sub and aud against the federated credentials. */
export const matchRules: readonly Rule[] = [issuerRule, subjectRule, audienceRule]
