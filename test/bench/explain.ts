/** `explain` of 10,000 tokens against one trust per cloud, against one `jose.decodeJwt` each. Prints ratios; asserts nothing. */
import { evaluate as evaluateByAws } from '@federate/aws/rules'
import { evaluate as evaluateByAzure } from '@federate/azure/rules'
import { type ExaminedToken, readJwt, type Verdict } from '@federate/core'
import { evaluate as evaluateByGoogle } from '@federate/gcp/rules'
import { decodeJwt, SignJWT } from 'jose'

const count = 10_000
const rounds = 7
const url = 'kc.example.com/realms/prod'
const arn = `arn:aws:iam::123456789012:oidc-provider/${url}`
const roleArn = 'arn:aws:iam::123456789012:role/billing'
const now = new Date()
const key = new TextEncoder().encode('a key that only this benchmark knows')
const trustPolicy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: arn },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${url}:aud`]: 'sts.amazonaws.com', [`${url}:sub`]: 'service-account-5' } },
    },
  ],
})
const tokens = await Promise.all(
  Array.from({ length: count }, (_, index) =>
    new SignJWT({ azp: 'sts.amazonaws.com', scope: 'federate-aws', client_id: `${index}` })
      .setProtectedHeader({ alg: 'HS256', kid: 'k', typ: 'JWT' })
      .setIssuer(`https://${url}`)
      .setSubject(`service-account-${index % 10}`)
      .setAudience(['sts.amazonaws.com', 'sts.googleapis.com'])
      .setIssuedAt()
      .setExpirationTime('20m')
      .sign(key),
  ),
)

function byAws(token: ExaminedToken): Verdict {
  return evaluateByAws({
    roleArn,
    providers: [{ arn, url, clientIds: ['sts.amazonaws.com'] }],
    role: { arn: roleArn, trustPolicy, maxSessionDuration: 3600 },
    token,
    request: { sessionName: 'billing', duration: 3600 },
    now,
    leeway: 300,
  })
}

const pool = 'projects/123456789012/locations/global/workloadIdentityPools/keycloak'
const provider = {
  name: `${pool}/providers/prod`,
  state: 'ACTIVE' as const,
  disabled: false,
  pool: undefined,
  type: 'oidc' as const,
  issuerUri: `https://${url}`,
  allowedAudiences: ['sts.googleapis.com'],
  attributeMapping: { 'google.subject': 'assertion.sub', 'attribute.client': 'assertion.client_id' },
  attributeCondition: "assertion.sub == 'service-account-5' && assertion.scope.startsWith('federate-')",
  jwksJson: undefined,
}
const members = [`principal://iam.googleapis.com/${pool}/subject/service-account-5`]

function byGoogle(token: ExaminedToken): Verdict {
  return evaluateByGoogle({
    audience: `//iam.googleapis.com/${provider.name}`,
    provider,
    token,
    access: {
      kind: 'impersonation',
      serviceAccount: 'billing@acme-prod.iam.gserviceaccount.com',
      policy: { bindings: [{ role: 'roles/iam.workloadIdentityUser', members }] },
    },
    now,
    leeway: 60,
  })
}

const credential = { issuer: `https://${url}`, audiences: ['api://AzureADTokenExchange'] }
const federatedCredentials = Array.from({ length: 20 }, (_, index) => ({
  ...credential,
  name: `billing-${index}`,
  subject: `service-account-${index}`,
}))
const clientId = '868ab87f-fc57-46b2-8815-9b80a74b8922'

/** By a parent as full as it can be. Entra takes tokens for one audience only. */
function byAzure(token: ExaminedToken): Verdict {
  return evaluateByAzure({
    tenantId: '2a585d57-a5a8-4688-a60c-9796389eae7a',
    clientId,
    client: { clientId, federatedCredentials },
    token: { ...token, claims: { ...token.claims, aud: 'api://AzureADTokenExchange' } },
    now,
    leeway: 300,
  })
}

function explainAll(evaluate: (token: ExaminedToken) => Verdict): number {
  const decisions = tokens.map((text) => {
    const header = { alg: 'RS256', kid: 'k', typ: 'JWT' }
    return evaluate({ ...readJwt(text), header, signature: { state: 'valid' }, length: text.length }).decision
  })
  return decisions.filter((decision) => decision === 'accepted').length
}

function decodeAll(): number {
  return tokens.map((text) => decodeJwt(text)).length
}

function timeOf(run: () => number): number {
  const start = performance.now()
  run()
  return performance.now() - start
}

const shown = (value: number | undefined) => (value ?? Number.NaN).toFixed(1)
for (const [cloud, evaluate] of [
  ['aws', byAws],
  ['gcp', byGoogle],
  ['azure', byAzure],
] as const) {
  const accepted = explainAll(evaluate)
  const pairs = Array.from({ length: rounds }, () => [timeOf(decodeAll), timeOf(() => explainAll(evaluate))] as const)
  const ratios = pairs.map(([base, time]) => time / base).sort((one, other) => one - other)
  const last = pairs.at(-1)?.[1]
  console.log(
    `explain ${cloud}: ${count} tokens, ${accepted} accepted; against decodeJwt, median of ${rounds} pairs (range):`,
  )
  console.log(`${shown(ratios[Math.floor(rounds / 2)])} (${shown(ratios[0])}–${shown(ratios.at(-1))})`)
  console.log(
    `last pair: ${shown(last)} ms against ${shown(pairs.at(-1)?.[0])} ms: ${Math.round(count / ((last ?? 0) / 1000))} tokens per second`,
  )
}
