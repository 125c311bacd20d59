import { FederateError, type FileQuestion, type TrustFile, type Verdict } from '@federate/core'
import { clockTolerance } from './explain.ts'
import { formatIamArn, parseIamArn } from './partition.ts'
import { type AcceptanceQuestion, evaluate, lint, type ProviderState, type RoleState } from './rules/index.ts'
import { sessionNameOf } from './session-name.ts'
import { sessionLimits } from './target.ts'

/**
 * Whether AWS would accept a token, given a trust policy of anybody's making. Asks nobody.
 *
 * Files: `trustPolicy` (the document, or what `aws iam get-role` prints) and `provider` (what `aws iam
 * get-open-id-connect-provider` prints). Values: `roleArn`, `sessionName`, `duration` in seconds, `sourceIp`. A role
 * without an ARN is taken to be in the account of the first provider that its policy trusts.
 *
 * @throws FederateError `AWS_TRUST_FILE` when a file is not what it should be, `AWS_ROLE_ARN` when the account is unknown.
 */
export async function explainFiles(question: FileQuestion): Promise<Verdict> {
  const asked = acceptanceQuestion(question)
  const verdict = evaluate(asked)
  return { ...verdict, rules: [...verdict.rules, ...lint(asked)] }
}

function acceptanceQuestion({ files, values, token, now }: FileQuestion): AcceptanceQuestion {
  const policyFile = files.get('trustPolicy')
  if (policyFile === undefined) throw new TypeError('explainFiles needs the file trustPolicy')
  const role = roleIn(policyFile, values.get('roleArn'))
  const providerFile = files.get('provider')
  const providers = providerFile === undefined ? trusted(role) : [providerIn(providerFile, role)]
  const sourceIp = values.get('sourceIp')
  return {
    roleArn: role.arn,
    role,
    providers,
    token,
    request: {
      sessionName: values.get('sessionName') ?? sessionNameOf(token.claims, undefined),
      duration: Number(values.get('duration') ?? sessionLimits.default),
      ...(sourceIp === undefined ? {} : { sourceIp }),
    },
    now,
    leeway: clockTolerance,
  }
}

function roleIn(file: TrustFile, givenArn: string | undefined): RoleState {
  const document = objectIn(file)
  const printed = document['Role']
  const role = isObject(printed) ? printed : {}
  const policy = isObject(printed) ? printed['AssumeRolePolicyDocument'] : document
  // A file that is no JSON is judged as it is: the rules say what IAM would say of it.
  const trustPolicy =
    policy === undefined ? file.text : typeof policy === 'string' ? decoded(policy) : JSON.stringify(policy)
  const arn = givenArn ?? (typeof role['Arn'] === 'string' ? role['Arn'] : arnFrom(trustPolicy, file))
  const longest = role['MaxSessionDuration']
  return { arn, trustPolicy, maxSessionDuration: typeof longest === 'number' ? longest : sessionLimits.maximum }
}

/** IAM's API gives policies percent-encoded; its command line tool decodes them. */
function decoded(policy: string): string {
  try {
    return policy.startsWith('%') ? decodeURIComponent(policy) : policy
  } catch {
    return policy
  }
}

function arnFrom(trustPolicy: string, file: TrustFile): string {
  const [first] = federatedArns(trustPolicy)
  const parsed = first === undefined ? undefined : parseIamArn(first)
  if (parsed !== undefined) return formatIamArn({ ...parsed, resource: 'role/unnamed' })
  if (objectIn({ ...file, text: trustPolicy })['Statement'] === undefined) throw notAPolicy(file)
  throw new FederateError({
    code: 'AWS_ROLE_ARN',
    outcome: 'usage',
    problem: `${file.path} names no role and trusts no OpenID Connect provider by its ARN, so the account of the role is not known.`,
    next: 'Add --role-arn with the ARN of the role.',
  })
}

/** The providers that the policy itself names; what client ids they list is not known. */
function trusted({ trustPolicy }: RoleState): readonly ProviderState[] {
  return federatedArns(trustPolicy).flatMap((arn) => {
    const url = parseIamArn(arn)?.resource.replace(/^oidc-provider\//, '')
    return url === undefined ? [] : [{ arn, url, clientIds: undefined }]
  })
}

function federatedArns(trustPolicy: string): readonly string[] {
  const found = trustPolicy.matchAll(/arn:[\w-]+:iam::\d{12}:oidc-provider\/[^"\\]+/g)
  return [...new Set([...found].map(([arn]) => arn))]
}

function providerIn(file: TrustFile, role: RoleState): ProviderState {
  const { Url: url, ClientIDList: clientIds } = objectIn(file)
  if (typeof url !== 'string' || !Array.isArray(clientIds)) throw notAProvider(file)
  const host = url.replace(/^https:\/\//, '')
  const home = parseIamArn(role.arn)
  if (home === undefined) throw notAProvider(file)
  const arn = formatIamArn({ ...home, resource: `oidc-provider/${host}` })
  return { arn, url: host, clientIds: clientIds.filter((id) => typeof id === 'string') }
}

function notAPolicy({ path }: TrustFile): FederateError {
  return new FederateError({
    code: 'AWS_TRUST_FILE',
    outcome: 'usage',
    problem: `${path} is no trust policy: a JSON object with Statement, or what \`aws iam get-role\` prints, was expected.`,
    next: 'Save what `aws iam get-role --role-name <name>` prints; a federate.yaml is named with -c.',
  })
}

function notAProvider({ path }: TrustFile): FederateError {
  return new FederateError({
    code: 'AWS_TRUST_FILE',
    outcome: 'usage',
    problem: `${path} is no identity provider: a JSON object with Url and ClientIDList was expected.`,
    next: 'Save what `aws iam get-open-id-connect-provider --open-id-connect-provider-arn <arn>` prints.',
  })
}

function objectIn(file: TrustFile): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(file.text)
    return isObject(parsed) ? parsed : {}
  } catch {
    return {}
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
