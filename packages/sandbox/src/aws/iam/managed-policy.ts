import { lowerFirst, type Parameters } from '../parameters.ts'
import { faults } from '../query-fault.ts'
import type { Account } from '../state.ts'
import { bounds, checkText } from './validation.ts'

const awsManaged = /^arn:(aws|aws-cn|aws-us-gov|aws-eusc):iam::aws:policy\/([\x21-\x7e]+\/)?[\w+=,.@-]{1,128}$/

/**
 * The managed policy that a parameter names: any that looks like one of AWS's in the account's partition, or a customer's that a test put there.
 *
 * @throws QueryFault `ValidationError`, `NoSuchEntity`
 */
export function managedPolicy(account: Account, parameters: Parameters, name: string): string {
  const arn = checkText(lowerFirst(name), parameters.required(name), bounds.arn)
  const [, partition] = awsManaged.exec(arn) ?? []
  if (partition === account.partition || account.customerPolicies.has(arn)) return arn
  throw faults.noSuchEntity(`Policy ${arn} does not exist or is not attachable.`)
}
