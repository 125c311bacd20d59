import type { FederatedCredential } from '../rules/index.ts'
import { tagTexts } from './marks.ts'

type Json = Readonly<Record<string, unknown>>

/** Whom federated credentials lead to: an application with its service principal, or a managed identity. */
export interface ActualParent {
  readonly name: string
  /** The application id, or the client id of the identity. */
  readonly clientId: string
  readonly tags: readonly string[]
  readonly federatedCredentials: readonly FederatedCredential[]
}

export interface ActualApplication extends ActualParent {
  /** The object's id in Graph. */
  readonly id: string
  readonly signInAudience: string
}

export interface ActualServicePrincipal {
  /** The object's id, which role assignments name. */
  readonly principalId: string
  readonly clientId: string
  readonly tags: readonly string[]
}

export interface ActualIdentity extends ActualParent {
  readonly principalId: string
  readonly location: string
}

export interface ActualAssignment {
  /** The path of the assignment. */
  readonly id: string
  readonly principalId: string
  /** The last part of its id. */
  readonly roleId: string
  readonly scope: string
  readonly description: string
}

export function applicationFrom(json: Json): ActualApplication {
  return {
    id: text(json['id']),
    name: text(json['uniqueName']) || text(json['displayName']),
    clientId: text(json['appId']),
    tags: texts(json['tags']),
    signInAudience: text(json['signInAudience']),
    federatedCredentials: list(json['federatedIdentityCredentials']).map(credentialFrom),
  }
}

export function servicePrincipalFrom(json: Json): ActualServicePrincipal {
  return { principalId: text(json['id']), clientId: text(json['appId']), tags: texts(json['tags']) }
}

export function identityFrom(json: Json, federatedCredentials: readonly FederatedCredential[]): ActualIdentity {
  const properties = record(json['properties'])
  return {
    name: text(json['name']),
    clientId: text(properties['clientId']),
    principalId: text(properties['principalId']),
    location: text(json['location']),
    tags: tagTexts(record(json['tags'])),
    federatedCredentials,
  }
}

export function assignmentFrom(json: Json): ActualAssignment {
  const properties = record(json['properties'])
  return {
    id: text(json['id']),
    principalId: text(properties['principalId']),
    roleId: text(properties['roleDefinitionId']).split('/').at(-1)?.toLowerCase() ?? '',
    scope: text(properties['scope']),
    description: text(properties['description']),
  }
}

/** Graph has everything at the top, Resource Manager below `properties`. */
export function credentialFrom(json: Json): FederatedCredential {
  const fields = { ...json, ...record(json['properties']) }
  return {
    name: text(fields['name']),
    issuer: text(fields['issuer']),
    subject: text(fields['subject']),
    audiences: texts(fields['audiences']),
  }
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}

function list(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(record) : []
}

function record(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}
