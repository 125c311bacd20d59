import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type AcceptanceCase, questionOf } from '../../packages/gcp/src/rules/cases/acceptance-case.ts'
import { accessCases } from '../../packages/gcp/src/rules/cases/access-cases.ts'
import { conditionCases } from '../../packages/gcp/src/rules/cases/condition-cases.ts'
import { mappingCases } from '../../packages/gcp/src/rules/cases/mapping-cases.ts'
import { compileExpression, MalformedExpression } from '../../packages/gcp/src/rules/cel/expression.ts'
import { functionStanding } from '../../packages/gcp/src/rules/cel/functions.ts'
import { pythonWith } from './python-tools.ts'

/** One expression, with what it sees. */
interface Question {
  readonly expression: string
  readonly variables: Readonly<Record<string, unknown>>
}

/** What an expression comes to; `null`: it does not compile, or has no value. Both refuse a token. */
type Judgement = { readonly type: string; readonly value: unknown } | null

/** What the second implementation has not, with what Google says of it. */
const lacking = [
  {
    name: 'extract',
    documentation: 'cloud.google.com/iam/docs/conditions-attribute-reference#extract, with a table of results',
  },
]

/**
 * What the second implementation judges otherwise, with what speaks for our answer. All of it is decided by its type
 * checker before anything is evaluated, and stands between constants only: a claim has no type before it is there.
 *
 * `split` and `join` are in its strings extension, which is on here; Google documents `split` for Azure DevOps
 * (docs.cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines).
 */
const equality =
  'google/cel-spec, doc/langdef.md, "Equality": values of different types are not equal, numbers are compared across types'
const judgedOtherwise: readonly { readonly expression: string; readonly documentation: string }[] = [
  { expression: '1 == 1.0', documentation: equality },
  { expression: '1u == 1', documentation: equality },
  { expression: "1 == 'a'", documentation: equality },
  { expression: 'null == 1', documentation: equality },
  {
    expression: 'assertion.sub == "a" ? 1 : "x"',
    documentation:
      'google/cel-spec, doc/langdef.md, "Gradual Type Checking": checking is optional, and evaluation has a value',
  },
]

const claims = {
  iss: 'https://kc.example.com/realms/prod',
  sub: 'service-account-billing',
  aud: ['account', 'sts.googleapis.com'],
  level: 3,
  half: 0.5,
  text: '3',
  on: true,
  none: null,
  empty: '',
  umlaut: 'Zürich',
  groups: ['admins', 'users'],
  realm_access: { roles: ['deploy'] },
  'kubernetes.io': { pod: { name: 'billing-0' } },
}

/** What no case asks, and authors of conditions may. */
const further = [
  ...['assertion.level == 3', 'assertion.level == 3.0', "assertion.level == '3'", 'assertion.text == 3'],
  ...[
    'assertion.level > 2',
    "assertion.text > '2'",
    'assertion.level > assertion.text',
    'assertion.level in [1, 2, 3]',
  ],
  ...['assertion.level + 1', 'assertion.level + 1.0', "assertion.sub + 'x'", 'assertion.groups + ["x"]', '1 + 2'],
  ...[
    'assertion.none == null',
    'assertion.none',
    'assertion.on',
    '!assertion.on',
    '!assertion.text',
    'assertion.on == "true"',
  ],
  ...[
    'assertion.on && assertion.text',
    'assertion.text && assertion.on',
    'false && assertion.x',
    'assertion.x && false',
  ],
  ...['assertion.x || true', 'true || assertion.x', 'assertion.x || false', 'assertion.on ? "a" : assertion.x'],
  ...[
    'assertion.text ? "a" : "b"',
    'has(assertion.sub)',
    'has(assertion.x)',
    'has(assertion.none)',
    'has(assertion.x.y)',
  ],
  ...["has(assertion['sub'])", "'sub' in assertion", "'x' in assertion", "assertion['sub']", 'assertion[1]'],
  ...['size(assertion.umlaut)', 'size(assertion.groups)', 'assertion.groups.size()', 'size(assertion)', 'size(3)'],
  ...[
    'assertion.groups[0]',
    'assertion.groups[2]',
    'assertion.groups[-1]',
    'assertion.groups[0.0]',
    'assertion.sub[0]',
  ],
  ...[
    "'admins' in assertion.groups",
    "assertion.sub in ['x']",
    "'bill' in assertion.sub",
    "assertion.groups == ['admins', 'users']",
  ],
  ...["assertion.groups.exists(g, g == 'users')", "assertion.groups.all(g, g.startsWith('a'))"],
  ...['assertion.groups.exists_one(g, g.size() == 5)', "assertion.groups.filter(g, g != 'users')"],
  ...[
    "assertion.groups.map(g, g + '!')",
    "assertion.realm_access.roles.exists(r, r == 'deploy')",
    'assertion.sub.exists(c, true)',
  ],
  ...["assertion.sub.startsWith('service-')", "assertion.sub.endsWith('ing')", "assertion.sub.contains('account')"],
  ...[
    "assertion.sub.matches('billing$')",
    "assertion.sub.matches('^billing')",
    "assertion.sub.matches('(')",
    "matches(assertion.sub, 's')",
  ],
  ...["assertion.level.startsWith('3')", "assertion.x.startsWith('3')", 'assertion.sub.startsWith(3)'],
  ...[
    'string(assertion.level)',
    'string(assertion.half)',
    'string(assertion.on)',
    'string(assertion.groups)',
    'string(assertion.none)',
  ],
  ...[
    'int(assertion.text)',
    'int(assertion.level)',
    'int(assertion.half)',
    'int(assertion.sub)',
    'double(assertion.text)',
  ],
  ...[
    "bool('true')",
    "bool('yes')",
    'bool(assertion.on)',
    "int('9223372036854775808')",
    '9223372036854775807 + 1',
    '1 / 0',
    '5 % 3',
  ],
  ...["assertion['kubernetes.io'].pod.name", "assertion['kubernetes.io']['pod']['name']", 'assertion.kubernetes.io'],
  ...[
    "timestamp('2026-01-01T00:00:00Z') < timestamp('2027-01-01T00:00:00Z')",
    "duration('1h') > duration('59m')",
    "timestamp('x')",
  ],
  ...[
    'type(assertion.level) == double',
    'type(assertion.sub) == string',
    'type(assertion.none) == null_type',
    'type(1) == int',
  ],
  ...[
    "r'a\\b' == 'a\\\\b'",
    "'\\u00fc' == 'ü'",
    "b'a' == b'a'",
    "'''a''' == 'a'",
    "'a' < 'B'",
    '"" == assertion.empty',
    "'ü' < 'z'",
  ],
  ...[
    "assertion.sub.split('-')",
    "assertion.sub.split('-')[2]",
    "assertion.sub.split('')",
    "assertion.sub.split('x')",
    "assertion.empty.split('-')",
  ],
  ...[
    "assertion.sub.split('-', 2)",
    "assertion.sub.split('-', 0)",
    "assertion.sub.split('-', 1)[0]",
    "assertion.level.split('-')",
  ],
  ...[
    "assertion.groups.join(',')",
    'assertion.groups.join()',
    '[].join(",")',
    '[1].join(",")',
    "assertion.sub.join(',')",
  ],
  ...[
    'assertion.sub == "a" ? 1 : "x"',
    '[1, "a"]',
    '{"a": 1}.a',
    '{"a": 1}["b"]',
    '1 == 1.0',
    '1u == 1',
    "1 == 'a'",
    'null == 1',
  ],
  ...[
    '',
    '(',
    'assertion.sub =',
    'assertion.sub == "x',
    'a.b',
    'sub',
    'assertion.',
    'sha256(assertion.sub)',
    'assertion.sub.hash()',
    '== 1',
    '// x',
    'true // x',
  ],
  ...[
    "attribute.x == 'a'",
    'google.subject',
    "google.subject == 'service-account-billing'",
    'has(google.groups)',
    'has(attribute.x)',
  ],
]

function questionsOf(one: AcceptanceCase): readonly Question[] {
  const { provider, token } = questionOf(one)
  const assertion = token.claims
  const mapping = Object.values(provider?.attributeMapping ?? {})
  const google = { subject: assertion['sub'] ?? null, groups: assertion['groups'] ?? [] }
  const condition = provider?.attributeCondition
  const nothing = { google: {}, attribute: {} }
  return [
    ...mapping.map((expression) => ({ expression, variables: { assertion, ...nothing } })),
    ...(condition === undefined
      ? []
      : [{ expression: condition, variables: { assertion, google, attribute: assertion } }]),
  ]
}

const variables = { assertion: claims, google: { subject: claims.sub }, attribute: {} }
const all: readonly Question[] = [
  ...[...mappingCases, ...conditionCases, ...accessCases].flatMap(questionsOf),
  ...further.map((expression) => ({ expression, variables })),
]

function ours({ expression, variables: given }: Question): Judgement {
  const compiled = compileExpression(expression)
  if (compiled instanceof MalformedExpression) return null
  if ([...compiled.functions].some((name) => functionStanding(name) === 'unknown')) return null
  const evaluation = compiled.evaluate(given)
  if (evaluation.kind === 'error') return null
  const { type, value } = evaluation
  // Both sides as JSON: it has one kind of number.
  return JSON.parse(
    JSON.stringify({ type, value: value ?? null }, (_, one) => (typeof one === 'bigint' ? Number(one) : one)),
  )
}

function uses(name: string, { expression }: Question): boolean {
  const compiled = compileExpression(expression)
  return !(compiled instanceof MalformedExpression) && compiled.functions.has(name)
}

const tools = pythonWith(['cel-expr-python==0.1.3'], "Google's own CEL (cel-expr-python)")

function theirs(tool: { readonly python: string }, questions: readonly Question[]): readonly Judgement[] {
  const { status, stdout, stderr } = spawnSync(tool.python, [join(import.meta.dirname, 'cel-evaluate.py')], {
    input: JSON.stringify(questions),
    encoding: 'utf8',
    timeout: 60_000,
  })
  if (status !== 0) throw new Error(`cel-evaluate.py failed: ${stderr}`)
  return JSON.parse(stdout)
}

/** Types that only one of the two has a name for. */
function comparable(judgement: Judgement): unknown {
  if (judgement === null) return null
  const type = judgement.type === 'NULL_TYPE' ? 'NULL' : judgement.type
  return ['STRING', 'BOOL', 'INT', 'DOUBLE', 'NULL', 'LIST'].includes(type) ? { type, value: judgement.value } : 'OTHER'
}

describe.skipIf(tools === undefined)('the CEL of the rules and Google’s own, in C++', () => {
  it('agree about every expression of the cases and about more, but for the list', () => {
    if (tools === undefined) throw new Error('skipped without tools')
    const shared = all.filter((one) => !lacking.some(({ name }) => uses(name, one)))
    expect(shared.length).toBeGreaterThan(300)
    const second = theirs(tools, shared)
    const different = shared.flatMap((one, index) => {
      const [mine, other] = [comparable(ours(one)), comparable(second[index] ?? null)]
      return JSON.stringify(mine) === JSON.stringify(other)
        ? []
        : [{ expression: one.expression, ours: mine, theirs: other }]
    })
    const listed = new Set(judgedOtherwise.map(({ expression }) => expression))
    expect(different.filter(({ expression }) => !listed.has(expression))).toEqual([])
    // What no longer differs must leave the list.
    expect([...listed].filter((expression) => !different.some((one) => one.expression === expression))).toEqual([])
  })

  it('have a page beside everything that is listed', () => {
    const listed = [...lacking, ...judgedOtherwise].map(({ documentation }) => documentation)
    expect(listed.filter((one) => !/^[\w./-]+\/[\w./-]+/.test(one))).toEqual([])
  })

  it('lacks what the list says it lacks', () => {
    if (tools === undefined) throw new Error('skipped without tools')
    const questions = lacking.map(({ name }) => ({ expression: `assertion.sub.${name}('{all}')`, variables }))
    expect(questions.map((one) => ours(one)?.value)).toEqual(questions.map(() => claims.sub))
    expect(theirs(tools, questions)).toEqual(questions.map(() => null))
  })
})
