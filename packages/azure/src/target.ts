import {
  objectAt,
  optionalOneOfAt,
  optionalStringAt,
  placeAt,
  type RuntimeTarget,
  refuseUnknownKeys,
  stringAt,
  type Where,
} from '@federate/core'
import { type Environment, environments, factsOf, scopeOf } from './environment.ts'
import { guidAt } from './guid.ts'

/** A user-assigned managed identity, and where it is. */
export interface ManagedIdentity {
  /** The subscription's id. */
  readonly subscription: string
  /** It must exist already. */
  readonly resourceGroup: string
  readonly name: string
  /** The region that a new identity gets. */
  readonly location: string
}

/** A role of Azure that the service shall have somewhere. */
export interface RoleWish {
  /** Its name, or its id. */
  readonly role: string
  /** The resource, resource group, subscription or management group. */
  readonly scope: string
}

/** What an administrator wants of Azure for one service: a target in federate.yaml, checked and with its defaults. */
export interface AzureWish {
  /** The tenant's id. */
  readonly tenant: string
  readonly environment: Environment
  /** The application to become: its unique name. Either this or `managedIdentity`. */
  readonly application?: string | undefined
  readonly managedIdentity?: ManagedIdentity | undefined
  /** `shared` (the cloud's constant), `client` (the client id, for issuers one cannot change), or any other audience. */
  readonly audience: string
  /** What the issuer must be asked for, where that is not the audience that all targets share. */
  readonly tokenAudience?: string | undefined
  readonly roles: readonly RoleWish[]
  /** The scope that the service asks for. */
  readonly scope: string
}

/** What a service needs of Azure at run time. */
export interface AzureRuntime extends RuntimeTarget {
  readonly cloud: 'azure'
  readonly tenantId: string
  /** The application id, or the client id of the managed identity. */
  readonly clientId: string
  readonly environment: Environment
  /** What Entra must find as `aud` of the token. */
  readonly audience: string
  /** `client`: the issuer puts the client id there by itself and must not be asked. Default: `request`. */
  readonly audienceFrom?: 'request' | 'client' | undefined
  /** The `iss` and `sub` that the federated credential has. Unknown where the trust was made by other means. */
  readonly issuer?: string | undefined
  readonly subject?: string | undefined
  /** What the access token is for: `https://storage.azure.com/.default`. */
  readonly scope: string
  /** Where the format `federated-token-file` keeps the issuer's token. */
  readonly federatedTokenFile?: string | undefined
}

/** The audience that the trust will expect of this client's tokens. */
export function audienceOf({ audience, environment }: Pick<AzureWish, 'audience' | 'environment'>, clientId: string) {
  if (audience === 'shared') return factsOf(environment).audience
  return audience === 'client' ? clientId : audience
}

/** The audience to ask the issuer for; `undefined` where it gives the right one by itself. */
export function requestedAudience(runtime: AzureRuntime): string | undefined {
  return runtime.audienceFrom === 'client' ? undefined : runtime.audience
}

const runtimeKeys = [
  'cloud',
  'tenantId',
  'clientId',
  'environment',
  'audience',
  'audienceFrom',
  'issuer',
  'subject',
  'scope',
  'federatedTokenFile',
] as const

/**
 * Checks one target of a service file, or the options of `azureCredential`.
 *
 * @param where names the value in messages: `billing.federate.json, targets.files`.
 * @throws FederateError `SERVICE_FILE_INVALID` (for options `OPTION`) when a value has the wrong shape, `AZURE_ID` when a
 *   tenant or client is not given by its id.
 */
export function parseAzureRuntime(value: unknown, where: Where): AzureRuntime {
  const fields = objectAt(value, where)
  refuseUnknownKeys(fields, runtimeKeys, where)
  optionalOneOfAt(fields, 'cloud', ['azure'], where)
  const environment = optionalOneOfAt(fields, 'environment', environments, where) ?? 'public'
  const { audience, resourceManager } = factsOf(environment)
  return {
    cloud: 'azure',
    tenantId: guidAt(stringAt(fields, 'tenantId', where), placeAt(where, 'tenantId')),
    clientId: guidAt(stringAt(fields, 'clientId', where), placeAt(where, 'clientId')),
    environment,
    audience: optionalStringAt(fields, 'audience', where) ?? audience,
    audienceFrom: optionalOneOfAt(fields, 'audienceFrom', ['request', 'client'], where),
    issuer: optionalStringAt(fields, 'issuer', where),
    subject: optionalStringAt(fields, 'subject', where),
    scope: scopeOf(optionalStringAt(fields, 'scope', where) ?? resourceManager),
    federatedTokenFile: optionalStringAt(fields, 'federatedTokenFile', where),
  }
}
