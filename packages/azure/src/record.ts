import { dateAt, objectAt, stringAt } from '@federate/core'
import type { JsonValue } from '@federate/core/plan'
import { AzureCredentials } from './access-token-credentials.ts'

/** Everything that credentials hold, for the cache; the secret parts too. */
export function toRecord(credentials: AzureCredentials): JsonValue {
  const { accessToken, federatedToken, expiresAt, tenantId, clientId, scope } = credentials
  return { accessToken, federatedToken, expiresAt: expiresAt.toISOString(), tenantId, clientId, scope }
}

/** @throws FederateError `SERVICE_FILE_INVALID` when the record is of another shape. */
export function fromRecord(record: unknown): AzureCredentials {
  const where = 'the cache'
  const fields = objectAt(record, where)
  return new AzureCredentials({
    accessToken: stringAt(fields, 'accessToken', where),
    federatedToken: stringAt(fields, 'federatedToken', where),
    expiresAt: dateAt(fields, 'expiresAt', where),
    tenantId: stringAt(fields, 'tenantId', where),
    clientId: stringAt(fields, 'clientId', where),
    scope: stringAt(fields, 'scope', where),
  })
}
