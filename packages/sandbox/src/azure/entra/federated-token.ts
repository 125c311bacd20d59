import {
  type AcceptanceQuestion,
  type ClientState,
  evaluate,
  keyNotPublished,
  malformed,
  metadataNotFetched,
} from '@federate/azure/rules'
import { type SignatureState, tryReadJwt, type Verdict } from '@federate/core'
import { compactVerify, importJWK } from 'jose'
import { EntraFault } from '../fault.ts'
import type { AzureTenant } from '../state.ts'
import type { AzureWorld } from '../world.ts'
import type { IssuerKeys } from './issuer-keys.ts'

const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']

/** Admits a federated token for a client, if Entra's rules do. @throws EntraFault with Entra's answer. */
export async function admit(
  assertion: string,
  clientId: string,
  tenant: AzureTenant,
  { world, keys }: { readonly world: AzureWorld; readonly keys: IssuerKeys },
): Promise<void> {
  const jwt = tryReadJwt(assertion)
  if (jwt === undefined) throw faultOf(malformed())
  const client = clientOf(clientId, tenant, world)
  const issuer = client?.federatedCredentials.find((one) => one.issuer === jwt.claims['iss'])?.issuer
  const question: AcceptanceQuestion = {
    tenantId: tenant.id,
    clientId,
    client,
    token: { ...jwt, length: assertion.length, signature: await signatureOf(assertion, jwt.header, issuer, keys) },
    now: new Date(world.now()),
    leeway: 0,
  }
  refuseUnlessAccepted(evaluate(question))
  if (tenant.policy.refusal !== undefined)
    throw new EntraFault(tenant.policy.refusal, 'A policy of the tenant does not admit this token.', 401)
}

function clientOf(clientId: string, tenant: AzureTenant, world: AzureWorld): ClientState | undefined {
  const application = [...tenant.applications.values()].find(({ appId }) => appId === clientId)
  const principal = [...tenant.servicePrincipals.values()].some(({ appId }) => appId === clientId)
  const identity = [...tenant.identities.values()].find((one) => one.clientId === clientId)
  const present = (principal ? application : undefined)?.federatedCredentials ?? identity?.federatedCredentials
  if (present === undefined) return undefined
  return { clientId, federatedCredentials: world.credentials.believed(clientId, present) }
}

/** Keys are fetched only of issuers that a federated credential names: nobody makes the sandbox call a host by a claim. */
async function signatureOf(
  assertion: string,
  header: Readonly<Record<string, unknown>>,
  issuer: string | undefined,
  keys: IssuerKeys,
): Promise<SignatureState> {
  if (issuer === undefined) return { state: 'unchecked' }
  const published = await keys.keys(issuer, header['kid'])
  if (published === undefined) return { state: 'invalid', reason: metadataNotFetched }
  const key = published.find(({ kid }) => kid === header['kid'])
  if (key === undefined) return { state: 'invalid', reason: keyNotPublished }
  const algorithm = String(header['alg'])
  try {
    await compactVerify(assertion, await importJWK({ ...key, alg: algorithm }, algorithm), { algorithms })
    return { state: 'valid' }
  } catch {
    return { state: 'invalid', reason: 'the issuer’s key gives another signature.' }
  }
}

function refuseUnlessAccepted(verdict: Verdict): void {
  if (verdict.refusal !== undefined) throw faultOf(verdict.refusal)
  if (verdict.decision === 'accepted') return
  const open = verdict.rules.filter((rule) => rule.outcome === 'unknown').map((rule) => rule.detail)
  throw new EntraFault('50027', `The sandbox refuses what it does not know of Entra: ${open.join(' ')}`, 400)
}

function faultOf({ code, message, status }: NonNullable<Verdict['refusal']>): EntraFault {
  return new EntraFault(code.replace('AADSTS', ''), message, status)
}
