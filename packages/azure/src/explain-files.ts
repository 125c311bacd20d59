import { FederateError, type FileQuestion, type TrustFile, type Verdict } from '@federate/core'
import { uncertainTime } from './explain.ts'
import { type AcceptanceQuestion, evaluate, type FederatedCredential, lint } from './rules/index.ts'

/**
 * Whether Entra would accept a token, given federated credentials of anybody's making. Asks nobody.
 *
 * File: `federatedCredentials`, what `az ad app federated-credential list`, `az identity federated-credential list`,
 * Graph or Resource Manager print: one credential, a list of them, or an object with `value`. Values: `tenantId`,
 * `applicationId`, for the words of the verdict.
 *
 * @throws FederateError `AZURE_TRUST_FILE` when the file is not what it should be.
 */
export async function explainFiles(question: FileQuestion): Promise<Verdict> {
  const asked = acceptanceQuestion(question)
  const verdict = evaluate(asked)
  return { ...verdict, rules: [...verdict.rules, ...lint(asked)] }
}

function acceptanceQuestion({ files, values, token, now }: FileQuestion): AcceptanceQuestion {
  const file = files.get('federatedCredentials')
  if (file === undefined) throw new TypeError('explainFiles needs the file federatedCredentials')
  const tenantId = values.get('tenantId') ?? '(not given)'
  const clientId = values.get('applicationId') ?? '(not given)'
  const client = { clientId, federatedCredentials: credentialsIn(file) }
  return { tenantId, clientId, client, token, now, leeway: uncertainTime }
}

function credentialsIn(file: TrustFile): readonly FederatedCredential[] {
  const printed = parsed(file)
  const value = isObject(printed) && 'value' in printed ? printed['value'] : printed
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  return list.map((one) => credentialIn(one, file))
}

/** Resource Manager puts everything but the name below `properties`. */
function credentialIn(printed: unknown, file: TrustFile): FederatedCredential {
  if (!isObject(printed)) throw notCredentials(file)
  const properties = printed['properties']
  const { issuer, subject, audiences } = isObject(properties) ? properties : printed
  const { name } = printed
  const texts: readonly unknown[] = Array.isArray(audiences) ? audiences : []
  if (typeof issuer !== 'string' || typeof subject !== 'string' || !Array.isArray(audiences)) throw notCredentials(file)
  return {
    name: typeof name === 'string' ? name : '(unnamed)',
    issuer,
    subject,
    audiences: texts.filter((one) => typeof one === 'string'),
  }
}

function parsed(file: TrustFile): unknown {
  try {
    return JSON.parse(file.text)
  } catch {
    throw notCredentials(file)
  }
}

function notCredentials({ path }: TrustFile): FederateError {
  return new FederateError({
    code: 'AZURE_TRUST_FILE',
    outcome: 'usage',
    problem: `${path} holds no federated credentials: JSON objects with issuer, subject and audiences were expected.`,
    next: 'Save what `az ad app federated-credential list --id <appId>` or `az identity federated-credential list` prints.',
  })
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
