import { EntraFault } from '../fault.ts'
import type { AzureAnswer, AzureRequest } from '../message.ts'
import type { AzureTenant } from '../state.ts'
import type { AzureWorld } from '../world.ts'
import { admit } from './federated-token.ts'
import type { IssuerKeys } from './issuer-keys.ts'
import type { AccessTokens } from './signing-key.ts'

/** The application by which the sandbox's administrator signs in. */
export interface Administrator {
  readonly clientId: string
  readonly clientSecret: string
  readonly principalId: string
}

export interface EntraParts {
  readonly world: AzureWorld
  readonly keys: IssuerKeys
  readonly tokens: AccessTokens
  readonly administrator: Administrator
}

const clientAssertion = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
/** What Entra gives: an hour, but for a second (v2-oauth2-client-creds-grant-flow). */
const lifetime = 3599

/** Answers a client credentials request (Microsoft identity platform, v2-oauth2-client-creds-grant-flow). @throws EntraFault */
export async function answerTokenRequest(
  request: AzureRequest,
  tenant: AzureTenant | undefined,
  tenantName: string,
  parts: EntraParts,
): Promise<AzureAnswer> {
  const form = new URLSearchParams(request.body)
  if (tenant === undefined) {
    const message = `Tenant '${tenantName}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`
    throw new EntraFault('90002', message, 400)
  }
  parts.world.disturbance.apply('token')
  if (form.get('grant_type') !== 'client_credentials')
    throw new EntraFault('70003', `The app requested an unsupported grant type '${form.get('grant_type')}'.`, 400)
  const clientId = form.get('client_id') ?? ''
  const audience = resourceOf(form.get('scope') ?? '', tenant)
  const principalId = await authenticate(form, clientId, tenant, parts)
  const issuedAt = Math.floor(parts.world.now() / 1000)
  const accessToken = await parts.tokens.issue(
    { tenant: tenant.id, audience, clientId, principalId },
    issuedAt,
    lifetime,
  )
  const json = { token_type: 'Bearer', expires_in: lifetime, ext_expires_in: lifetime, access_token: accessToken }
  return { status: 200, json, headers: { 'cache-control': 'no-store' } }
}

/** One resource, with `/.default` behind it; what the SDKs add for openid does not count. */
function resourceOf(scope: string, tenant: AzureTenant): string {
  const scopes = scope.split(' ').filter((one) => !/^(openid|profile|offline_access|)$/.test(one))
  const [first = '', ...others] = scopes
  const resource = /^(\S+)\/\.default$/.exec(first)?.[1]
  if (resource === undefined || others.length > 0) {
    const message = `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`
    throw new EntraFault('1002012', message, 400)
  }
  // Which resources a tenant has is not known here; what is neither a URI nor an id is none anywhere.
  if (URL.canParse(resource) || /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(resource)) return resource
  const message = `The resource principal named ${resource} was not found in the tenant named ${tenant.id}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.`
  throw new EntraFault('500011', message, 400)
}

async function authenticate(
  form: URLSearchParams,
  clientId: string,
  tenant: AzureTenant,
  parts: EntraParts,
): Promise<string> {
  const secret = form.get('client_secret')
  const assertion = form.get('client_assertion')
  if (assertion === null) return administratorBySecret(clientId, secret, tenant, parts.administrator)
  if (form.get('client_assertion_type') !== clientAssertion || secret !== null)
    throw new EntraFault('900144', "The request body must contain the parameter 'client_assertion_type'.", 400)
  await admit(assertion, clientId, tenant, parts)
  return principalOf(clientId, tenant)
}

function administratorBySecret(
  clientId: string,
  secret: string | null,
  tenant: AzureTenant,
  administrator: Administrator,
): string {
  if (secret === null)
    throw new EntraFault(
      '7000216',
      "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
      401,
    )
  if (clientId !== administrator.clientId) {
    const message = `Application with identifier '${clientId}' was not found in the directory '${tenant.id}'.`
    throw new EntraFault('700016', message, 400)
  }
  if (secret === administrator.clientSecret) return administrator.principalId
  throw new EntraFault('7000215', 'Invalid client secret provided.', 401)
}

function principalOf(clientId: string, tenant: AzureTenant): string {
  const principal = [...tenant.servicePrincipals.values()].find(({ appId }) => appId === clientId)
  const identity = [...tenant.identities.values()].find((one) => one.clientId === clientId)
  return principal?.id ?? identity?.principalId ?? ''
}
