import { dateAt, objectAt, stringAt } from '@federate/core'
import type { JsonValue } from '@federate/core/plan'
import { AwsCredentials } from './temporary-credentials.ts'

/** Everything that credentials hold, for the cache; the secret parts too. */
export function toRecord(credentials: AwsCredentials): JsonValue {
  const { accessKeyId, secretAccessKey, sessionToken, expiresAt, identity } = credentials
  return { accessKeyId, secretAccessKey, sessionToken, expiresAt: expiresAt.toISOString(), identity }
}

/** @throws FederateError `SERVICE_FILE_INVALID` when the record is of another shape; its values are not shown. */
export function fromRecord(record: unknown): AwsCredentials {
  const where = 'the cache'
  const fields = objectAt(record, where)
  return new AwsCredentials({
    accessKeyId: stringAt(fields, 'accessKeyId', where),
    secretAccessKey: stringAt(fields, 'secretAccessKey', where),
    sessionToken: stringAt(fields, 'sessionToken', where),
    expiresAt: dateAt(fields, 'expiresAt', where),
    identity: stringAt(fields, 'identity', where),
  })
}
