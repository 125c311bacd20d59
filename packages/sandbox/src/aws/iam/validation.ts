import { faults } from '../query-fault.ts'

/** Bounds of one parameter (botocore, iam 2010-05-08). */
export interface Bounds {
  readonly least: number
  readonly most: number
  readonly pattern?: RegExp
}

export const bounds = {
  roleName: { least: 1, most: 64, pattern: /^[\w+=,.@-]+$/ },
  policyName: { least: 1, most: 128, pattern: /^[\w+=,.@-]+$/ },
  path: { least: 1, most: 512, pattern: /^\/$|^\/[\x21-\x7e]+\/$/ },
  pathPrefix: { least: 1, most: 512, pattern: /^\/[\x21-\x7f]*$/ },
  arn: { least: 20, most: 2048 },
  description: { least: 0, most: 1000, pattern: /^[\t\n\r\x20-\x7e\xa1-\xff]*$/ },
  policyDocument: { least: 1, most: 131_072, pattern: /^[\t\n\r\x20-\xff]+$/ },
  clientID: { least: 1, most: 255 },
  url: { least: 1, most: 255 },
  thumbprint: { least: 40, most: 40 },
  tagKey: { least: 1, most: 128, pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u },
  tagValue: { least: 0, most: 256, pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u },
} as const

/** Refuses a text outside of its bounds with the sentence of AWS's front door. @throws QueryFault `ValidationError` */
export function checkText(field: string, value: string, { least, most, pattern }: Bounds): string {
  if (value.length < least) throw violation(field, value, `Member must have length greater than or equal to ${least}`)
  if (value.length > most) throw violation(field, value, `Member must have length less than or equal to ${most}`)
  if (pattern !== undefined && !pattern.test(value))
    throw violation(field, value, `Member must satisfy regular expression pattern: ${pattern.source}`)
  return value
}

/** As `checkText`, for whole numbers. @throws QueryFault `ValidationError` */
export function checkNumber(field: string, value: number, least: number, most: number): number {
  if (!Number.isInteger(value)) throw faults.validation(`Invalid value for ${field}: it must be an integer`)
  if (value < least) throw violation(field, `${value}`, `Member must have value greater than or equal to ${least}`)
  if (value > most) throw violation(field, `${value}`, `Member must have value less than or equal to ${most}`)
  return value
}

function violation(field: string, value: string, constraint: string): Error {
  return faults.validation(
    `1 validation error detected: Value '${value}' at '${field}' failed to satisfy constraint: ${constraint}`,
  )
}
