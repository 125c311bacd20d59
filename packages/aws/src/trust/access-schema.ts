import { z } from 'zod'
import { parseIamArn, roleNameOf } from '../partition.ts'
import type { AwsAccess } from './access.ts'

const accountAccess = z.strictObject({
  profile: z.string().min(1).exactOptional(),
  assumeRole: z
    .string()
    .refine((arn) => roleNameOf(arn) !== undefined, {
      error: 'expected the ARN of a role, as arn:aws:iam::123456789012:role/name',
    })
    .exactOptional(),
  externalId: z.string().min(2).exactOptional(),
})

/** The schema of `aws` in federate.admin.yaml. */
export const awsAccessSchema: z.ZodType<AwsAccess> = z
  .strictObject({
    accounts: z.record(z.string(), accountAccess),
  })
  .check((context) => {
    for (const account of Object.keys(context.value.accounts).filter((one) => !/^\d{12}$/.test(one))) {
      const message = 'expected 12 digits in quotes'
      context.issues.push({ code: 'custom', input: account, path: ['accounts', account], message })
    }
    for (const [account, { assumeRole }] of Object.entries(context.value.accounts)) {
      const actual = assumeRole === undefined ? account : parseIamArn(assumeRole)?.account
      if (actual === account) continue
      const message = `is a role of account ${actual}, and stands under account ${account}`
      context.issues.push({ code: 'custom', input: assumeRole, path: ['accounts', account, 'assumeRole'], message })
    }
  })
