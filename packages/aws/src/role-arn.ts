import { FederateError, type Fields, placeAt, stringAt, type Where } from '@federate/core'
import { roleNameOf } from './partition.ts'

/** The ARN of a role at `roleArn`. @throws FederateError `AWS_ROLE_ARN` when it is something else. */
export function roleArnAt(fields: Fields, where: Where): string {
  const roleArn = stringAt(fields, 'roleArn', where)
  if (roleNameOf(roleArn) !== undefined) return roleArn
  throw new FederateError({
    code: 'AWS_ROLE_ARN',
    outcome: 'usage',
    problem: `${`${where}`.startsWith('--') ? where : placeAt(where, 'roleArn')} is "${roleArn}", expected the ARN of a role, as arn:aws:iam::123456789012:role/name.`,
    next: 'Copy the ARN from `federate status aws` or from the IAM console.',
  })
}
