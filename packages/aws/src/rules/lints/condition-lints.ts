import type { RuleResult } from '@federate/core'
import { warning } from '@federate/core/rules'
import { hasOwnClaims } from '../context.ts'
import type { Condition, Statement } from '../policy.ts'
import { providerUrlIn } from './principal-lints.ts'

/** The claims of a generic issuer that become condition keys (IAM User Guide, reference_policies_iam-condition-keys). */
const claimKeys = ['aud', 'oaud', 'sub', 'amr', 'email']

/** Conditions that do not ask what they seem to ask. */
export function conditionLints(statement: Statement): readonly RuleResult[] {
  const urls = statement.principal.federated.flatMap((arn) => providerUrlIn(arn) ?? [])
  return statement.conditions.flatMap((condition) => [
    ...literalWildcards(condition),
    ...vacuousSets(condition, statement),
    ...providerKeys(condition, urls),
  ])
}

function literalWildcards({ operator, key, values }: Condition): readonly RuleResult[] {
  if (!operator.kind.startsWith('text') || operator.negated) return []
  const wild = values.filter((value) => /[*?]/.test(value.replace(/\$\{[*?$]\}/g, '')))
  return wild.map((value) =>
    warning('lint-literal-wildcard', `${operator.name} on ${key} does not read * and ?, so it hardly ever holds.`, {
      actual: value,
      next: 'Write the exact value, or use StringLike.',
    }),
  )
}

/** `aud` and `sub` are in every token that AWS accepts; all else may be absent, and ForAllValues then holds. */
function vacuousSets({ operator, key }: Condition, { conditions }: Statement): readonly RuleResult[] {
  if (operator.set !== 'all' || /:(aud|sub)$/i.test(key)) return []
  const mustBeThere = conditions.some(
    (other) => other.operator.kind === 'null' && sameKey(other.key, key) && other.values.includes('false'),
  )
  if (mustBeThere) return []
  return [
    warning('lint-for-all-values', `${operator.name} on ${key} holds when the key is absent.`, {
      expected: 'ForAnyValue:, or {"Null": {"<key>": "false"}} beside it',
      actual: operator.name,
      next: 'Use ForAnyValue:, or also demand by Null that the key is there.',
    }),
  ]
}

function providerKeys({ key }: Condition, urls: readonly string[]): readonly RuleResult[] {
  if (/^(aws|sts|saml):/i.test(key) || urls.length === 0) return []
  const [, prefix = '', name = ''] = /^(.*):([^:]*)$/.exec(key) ?? []
  const own = urls.find((url) => sameKey(url, prefix))
  if (own === undefined) return [foreignKey(key, prefix, urls)]
  if (claimKeys.includes(name.toLowerCase()) || hasOwnClaims(own)) return []
  return [
    warning(
      'lint-unknown-key',
      `The key ${key} never has a value for a generic issuer: such a claim reaches no policy.`,
      {
        expected: claimKeys.map((claim) => `${own}:${claim}`).join(', '),
        actual: key,
        next: 'Pin sub instead, or let the issuer write the value as a session tag and use aws:RequestTag/<key>.',
      },
    ),
  ]
}

function foreignKey(key: string, prefix: string, urls: readonly string[]): RuleResult {
  const plain = (url: string) =>
    url
      .replace(/^https?:\/\//, '')
      .replace(/\/+$/, '')
      .toLowerCase()
  const near = urls.find((url) => plain(url) === plain(prefix))
  const difference = /^https?:/.test(prefix) ? 'holds https://' : 'differs in the slash at its end'
  const what = near === undefined ? 'belongs to another provider than the statement' : difference
  return warning('lint-key-prefix', `The condition key ${key} ${what}: it has no value here.`, {
    expected: `${near ?? urls.join(' or ')}:…`,
    actual: key,
    next: 'Begin the key with the provider’s URL as it stands in its ARN, without https://.',
  })
}

function sameKey(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
