import { FederateError } from '@federate/core'
import type { ProtocolMapper } from './protocol-mapper.ts'

/** The failure of predicting what a mapper does. */
export function unknownMapper(mapper: ProtocolMapper, reason: string): FederateError {
  return new FederateError({
    code: 'KEYCLOAK_MAPPER_UNKNOWN',
    outcome: 'failed',
    problem: `What the mapper ${mapper.name} does to a token is not known: ${reason}.`,
    next: 'Use an audience, hardcoded claim or user property (username, id) mapper, or ask Keycloak itself: `federate status keycloak --preview`.',
    details: { mapper: mapper.name, kind: mapper.protocolMapper },
  })
}
