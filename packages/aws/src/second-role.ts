import {
  objectAt,
  optionalIntegerAt,
  optionalListAt,
  optionalStringAt,
  optionalTextsAt,
  placeAt,
  refuseUnknownKeys,
  type Where,
} from '@federate/core'
import { roleArnAt } from './role-arn.ts'
import { checkedSessionName } from './session-name.ts'

/** The longest session of a role that another role's session assumed, in seconds (IAM User Guide, role chaining). */
export const chainedSessionLimits = { minimum: 900, maximum: 3_600, default: 3_600 } as const

/** A role to assume with the first one's credentials: STS AssumeRole. A type, because service files hold plain JSON. */
export type SecondRole = {
  readonly roleArn: string
  /** What a role of another company demands, so that nobody else's service is led to it. */
  readonly externalId?: string
  /** Default: the name of the first session. */
  readonly sessionName?: string
  /** 900 to 3600 seconds. */
  readonly durationSeconds: number
  /** Session tags; both roles' trust must allow `sts:TagSession`. */
  readonly tags?: { readonly [key: string]: string }
  /** Keys of tags that further roles inherit. */
  readonly transitiveTags?: readonly string[]
  /** Needs `sts:SetSourceIdentity`. */
  readonly sourceIdentity?: string
}

const keys = [
  'roleArn',
  'externalId',
  'sessionName',
  'durationSeconds',
  'tags',
  'transitiveTags',
  'sourceIdentity',
] as const

/** Checks the `assumeRole` of a service file's target. @throws FederateError `SERVICE_FILE_INVALID`, `AWS_ROLE_ARN` */
export function parseSecondRole(value: unknown, where: Where): SecondRole | undefined {
  if (value === undefined) return undefined
  const fields = objectAt(value, where)
  refuseUnknownKeys(fields, keys, where)
  const externalId = optionalStringAt(fields, 'externalId', where)
  const sessionName = checkedSessionName(optionalStringAt(fields, 'sessionName', where), placeAt(where, 'sessionName'))
  const durationSeconds = optionalIntegerAt(fields, 'durationSeconds', chainedSessionLimits, where)
  const tags = optionalTextsAt(fields, 'tags', where)
  const transitiveTags = optionalListAt(fields, 'transitiveTags', where)
  const sourceIdentity = optionalStringAt(fields, 'sourceIdentity', where)
  return {
    roleArn: roleArnAt(fields, where),
    durationSeconds: durationSeconds ?? chainedSessionLimits.default,
    ...(externalId === undefined ? {} : { externalId }),
    ...(sessionName === undefined ? {} : { sessionName }),
    ...(tags === undefined ? {} : { tags }),
    ...(transitiveTags === undefined ? {} : { transitiveTags }),
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
  }
}
