import { dateAt, objectAt, oneOfAt, stringAt } from '@federate/core'
import type { JsonValue } from '@federate/core/plan'
import { GcpCredentials, type TokenKind } from './temporary-credentials.ts'

const kinds: readonly TokenKind[] = ['access_token', 'id_token']

/** Everything that credentials hold, for the cache; the secret part too. */
export function toRecord({ accessToken, expiresAt, identity, kind }: GcpCredentials): JsonValue {
  return { accessToken, expiresAt: expiresAt.toISOString(), identity, kind }
}

/** @throws FederateError `SERVICE_FILE_INVALID` when the record is of another shape; its values are not shown. */
export function fromRecord(record: unknown): GcpCredentials {
  const where = 'the cache'
  const fields = objectAt(record, where)
  return new GcpCredentials({
    accessToken: stringAt(fields, 'accessToken', where),
    expiresAt: dateAt(fields, 'expiresAt', where),
    identity: stringAt(fields, 'identity', where),
    kind: oneOfAt(fields, 'kind', kinds, where),
  })
}
