import { FederateError } from '@federate/core'
import type { DesiredProvider } from './desired-provider.ts'
import type { GoogleObject } from './google-client.ts'

/** A provider as Google has it. */
export interface ActualProvider extends DesiredProvider {
  readonly description: string
  readonly disabled: boolean
  readonly deleted: boolean
}

/** @throws FederateError `GCP_PROVIDER_TYPE` for one that is not of the type OIDC: Google cannot turn one into the other. */
export function readProvider(raw: GoogleObject, address: string): ActualProvider {
  const { oidc } = raw
  if (typeof oidc !== 'object' || oidc === null) throw otherType(raw, address)
  const { issuerUri, allowedAudiences, jwksJson }: GoogleObject = { ...oidc }
  return {
    issuerUri: text(issuerUri),
    allowedAudiences: Array.isArray(allowedAudiences) ? allowedAudiences.map(text) : [],
    attributeMapping: texts(raw['attributeMapping']),
    attributeCondition: text(raw['attributeCondition']),
    jwksJson: text(jwksJson) || undefined,
    description: text(raw['description']),
    disabled: raw['disabled'] === true,
    deleted: raw['state'] === 'DELETED',
  }
}

function otherType(raw: GoogleObject, address: string): FederateError {
  const type = ['aws', 'saml', 'x509'].find((name) => raw[name] !== undefined) ?? 'another kind'
  return new FederateError({
    code: 'GCP_PROVIDER_TYPE',
    outcome: 'usage',
    problem: `${address} is a provider of the type ${type}, and one of the type oidc is wanted: Google cannot turn one into the other.`,
    next: 'Name another provider in federate.yaml.',
    details: { expected: 'oidc', actual: type },
  })
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function texts(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, text(one)]))
}
