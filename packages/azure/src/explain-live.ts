import { FederateError, type LiveQuestion, type Verdict } from '@federate/core'
import { uncertainTime } from './explain.ts'
import { guidAt } from './guid.ts'
import { type AcceptanceQuestion, type ClientState, evaluate, lint } from './rules/index.ts'
import type { AzureWish } from './target.ts'
import type { AzureAccess } from './trust/access.ts'
import type { ActualParent } from './trust/objects.ts'
import { openTenant } from './trust/open-tenant.ts'
import { identityPath } from './trust/resource-manager.ts'

type AzureLiveQuestion = LiveQuestion<AzureWish, AzureAccess>

interface FoundClient {
  readonly tenantId: string
  readonly clientId: string
  readonly client: ClientState | undefined
}

/**
 * Whether Entra would accept a token, by the federated credentials as Graph or Resource Manager have them now: of a target
 * in federate.yaml, or of the application that `applicationId` names in the tenant `tenantId`.
 *
 * @throws FederateError `AZURE_ID` without either, or a code of `azureTrust`.
 */
export async function explainLive(question: AzureLiveQuestion): Promise<Verdict> {
  const found = question.values.has('applicationId') ? await namedClient(question) : await wantedClient(question)
  const asked: AcceptanceQuestion = { ...found, token: question.token, now: question.now, leeway: uncertainTime }
  const verdict = evaluate(asked)
  return { ...verdict, rules: [...verdict.rules, ...lint(asked)] }
}

async function namedClient({ wanted, values, access, context }: AzureLiveQuestion): Promise<FoundClient> {
  const tenantId = guidAt(values.get('tenantId') ?? wanted?.target.wish.tenant ?? '', '--tenant-id')
  const clientId = guidAt(values.get('applicationId') ?? '', '--application-id')
  const owner = wanted?.owner ?? ''
  const { directory } = openTenant(tenantId, [], { owner, access, context })
  return { tenantId, clientId, client: stateOf(await directory.clientById(clientId, context.signal)) }
}

async function wantedClient({ wanted, access, context }: AzureLiveQuestion): Promise<FoundClient> {
  if (wanted === undefined) throw nobodyNamed()
  const { owner, target } = wanted
  const { tenant, application = '', managedIdentity } = target.wish
  const { directory, resourceManager } = openTenant(tenant, [target.wish], { owner, access, context })
  const { signal } = context
  if (managedIdentity !== undefined) {
    const identity = await resourceManager.rereadIdentity(identityPath(managedIdentity), signal)
    return { tenantId: tenant, clientId: identity?.clientId ?? managedIdentity.name, client: stateOf(identity) }
  }
  const known = (await directory.applications(signal)).get(application)
  const principal = await directory.servicePrincipalOf(application, signal)
  const client = principal === undefined ? undefined : stateOf(known)
  return { tenantId: tenant, clientId: known?.clientId ?? application, client }
}

function stateOf(parent: ActualParent | undefined): ClientState | undefined {
  if (parent === undefined) return undefined
  return { clientId: parent.clientId, federatedCredentials: parent.federatedCredentials }
}

function nobodyNamed(): FederateError {
  return new FederateError({
    code: 'AZURE_ID',
    outcome: 'usage',
    problem: '--live was given without a target of federate.yaml and without --application-id.',
    next: 'Name the application with --application-id and --tenant-id.',
  })
}
