import { parseOperator } from './operator.ts'
import { type Condition, MalformedPolicy, type Principal, type Statement } from './policy.ts'

const elements = ['Sid', 'Effect', 'Principal', 'Action', 'NotAction', 'Condition']
// NotPrincipal: IAM User Guide, reference_policies_elements_notprincipal, "nor in an IAM role trust policy".
const prohibited = ['Resource', 'NotResource', 'NotPrincipal']
const federated = /^arn:aws[a-z-]*:iam::\d{12}:(oidc-provider|saml-provider)\/[^*]+$|^[a-z0-9-]+(\.[a-z0-9-]+)+$/i
const webIdentity = 'sts:assumerolewithwebidentity'

/** Compiles one statement of a trust policy. @throws MalformedPolicy */
export function parseStatement(raw: unknown): Statement {
  if (!isRecord(raw)) throw new MalformedPolicy('Syntax errors in policy: Statement.')
  for (const name of Object.keys(raw)) refuseElement(name)
  const effect = raw['Effect']
  if (effect !== 'Allow' && effect !== 'Deny') throw new MalformedPolicy('Missing required field Effect')
  const statement = {
    sid: parseSid(raw['Sid']),
    effect,
    principal: parsePrincipal(raw),
    action: parseAction(raw),
    conditions: parseConditions(raw['Condition']),
  } as const
  if (statement.principal.everyone && actsOnWebIdentity(statement.action.patterns))
    throw new MalformedPolicy('Invalid principal in policy: "*" cannot be used with sts:AssumeRoleWithWebIdentity')
  return statement
}

function refuseElement(name: string): void {
  if (prohibited.includes(name)) throw new MalformedPolicy(`Has prohibited field ${name}`)
  if (!elements.includes(name)) throw new MalformedPolicy(`Syntax errors in policy: ${name}.`)
}

function parseSid(sid: unknown): string | undefined {
  if (sid === undefined) return undefined
  if (typeof sid === 'string' && /^[A-Za-z0-9]*$/.test(sid)) return sid
  throw new MalformedPolicy('Statement IDs (SID) must be alpha-numeric.')
}

function parseAction(raw: Readonly<Record<string, unknown>>): Statement['action'] {
  const negated = raw['NotAction'] !== undefined
  if (negated === (raw['Action'] !== undefined)) throw new MalformedPolicy('Missing required field Action')
  const patterns = strings(negated ? raw['NotAction'] : raw['Action'], 'Action')
  if (patterns.length === 0) throw new MalformedPolicy('Missing required field Action')
  if (!negated && patterns.some((pattern) => !/^(sts:[\w*?]+|\*)$/i.test(pattern)))
    throw new MalformedPolicy('AssumeRole policy may only specify STS AssumeRole actions.')
  return { negated, patterns }
}

function actsOnWebIdentity(patterns: readonly string[]): boolean {
  return patterns.some((pattern) => pattern.toLowerCase() === webIdentity)
}

function parsePrincipal(raw: Readonly<Record<string, unknown>>): Principal {
  const value = raw['Principal']
  if (value === undefined) throw new MalformedPolicy('Missing required field Principal')
  if (value === '*') return { everyone: true, federated: [], others: [] }
  if (!isRecord(value)) throw new MalformedPolicy('Syntax errors in policy: Principal.')
  for (const kind of Object.keys(value))
    if (!['Federated', 'AWS', 'Service', 'CanonicalUser'].includes(kind))
      throw new MalformedPolicy(`Invalid principal in policy: "${kind}"`)
  const providers = value['Federated'] === undefined ? [] : strings(value['Federated'], 'Principal')
  if (providers.some((provider) => !federated.test(provider)))
    throw new MalformedPolicy('Federated principals must be valid domain names or SAML metadata ARNs')
  const others = ['AWS', 'Service', 'CanonicalUser'].flatMap((kind) =>
    value[kind] === undefined ? [] : strings(value[kind], 'Principal'),
  )
  if (providers.length + others.length === 0) throw new MalformedPolicy('Missing required field Principal')
  return { everyone: false, federated: providers, others }
}

function parseConditions(raw: unknown): readonly Condition[] {
  if (raw === undefined) return []
  if (!isRecord(raw)) throw new MalformedPolicy('Syntax errors in policy: Condition.')
  return Object.entries(raw).flatMap(([name, block]) => parseBlock(name, block))
}

function parseBlock(name: string, block: unknown): readonly Condition[] {
  const operator = parseOperator(name)
  if (operator === undefined) throw new MalformedPolicy(`Invalid Condition type : ${name}.`)
  if (!isRecord(block)) throw new MalformedPolicy(`Syntax errors in policy: ${name}.`)
  return Object.entries(block).map(([key, values]) => {
    if (key === '' || !key.includes(':')) throw new MalformedPolicy(`Condition key ${key} is not valid.`)
    return { operator, key, values: scalars(values, key) }
  })
}

function strings(value: unknown, element: string): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  const texts = list.filter((one) => typeof one === 'string')
  if (texts.length !== list.length) throw new MalformedPolicy(`Syntax errors in policy: ${element}.`)
  return texts
}

/** Condition values may be written as JSON numbers and booleans; IAM reads them as text. */
function scalars(value: unknown, key: string): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  return list.map((one) => {
    if (typeof one === 'string') return one
    if (typeof one === 'number' || typeof one === 'boolean') return String(one)
    throw new MalformedPolicy(`Syntax errors in policy: ${key}.`)
  })
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
