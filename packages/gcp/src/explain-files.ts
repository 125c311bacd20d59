import { FederateError, type FileQuestion, type Verdict } from '@federate/core'
import { clockTolerance } from './explain.ts'
import { type AcceptanceQuestion, type Access, audiencePrefix, evaluate, hasPrivateKey, lint } from './rules/index.ts'
import { signatureBy } from './signature-by.ts'
import { policyIn, poolIn, providerIn } from './trust-files.ts'

/**
 * Whether Google would accept a token, given a provider of anybody's making, and whether a policy would then let its
 * principal in. Asks nobody.
 *
 * Files: `provider` and `pool` (what `gcloud … describe` prints, or the REST API answers) and `policy` (what
 * `get-iam-policy` prints: of the service account, or of a resource). Values: `serviceAccount`, whose policy it is;
 * `role`, which the service needs on the resource itself, without a service account.
 *
 * @throws FederateError (usage) `GCP_TRUST_FILE` when a file is not what it should be, `GCP_PRIVATE_KEYS` when the JWKS
 *   holds private keys.
 */
export async function explainFiles(question: FileQuestion): Promise<Verdict> {
  const asked = await acceptanceQuestion(question)
  const verdict = evaluate(asked)
  return { ...verdict, rules: [...verdict.rules, ...lint(asked)] }
}

async function acceptanceQuestion(question: FileQuestion): Promise<AcceptanceQuestion> {
  const { files, token, publishedKeys, now } = question
  const file = files.get('provider')
  if (file === undefined) throw new TypeError('explainFiles needs the file provider')
  if (publishedKeys !== undefined && hasPrivateKey(publishedKeys)) throw privateKeys()
  const pool = files.get('pool')
  const provider = providerIn(file, pool === undefined ? undefined : poolIn(pool))
  return {
    audience: `${audiencePrefix}${provider.name}`,
    provider,
    token: { ...token, signature: await signatureBy(provider, question) },
    publishedKeys,
    access: accessOf(question),
    now,
    leeway: clockTolerance,
  }
}

function accessOf({ files, values }: FileQuestion): Access | undefined {
  const file = files.get('policy')
  const policy = file === undefined ? undefined : policyIn(file)
  const serviceAccount = values.get('serviceAccount')
  const role = values.get('role')
  if (role !== undefined && serviceAccount === undefined)
    return { kind: 'direct', resource: file?.path ?? 'the resource', policy, role }
  if (serviceAccount === undefined && file === undefined) return undefined
  return { kind: 'impersonation', serviceAccount: serviceAccount ?? 'the service account', policy }
}

function privateKeys(): FederateError {
  return new FederateError({
    code: 'GCP_PRIVATE_KEYS',
    outcome: 'usage',
    problem: 'The file given with --jwks holds private or secret keys.',
    next: "Use the document behind the issuer's jwks_uri, which has the public keys only, and look who else may have seen this file.",
  })
}
