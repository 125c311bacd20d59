import { z } from 'zod'
import { parseOperator } from './rules/operator.ts'

const value = z.union([z.string(), z.array(z.string()).min(1)])

/** Further conditions of a role's trust policy: `{ StringEquals: { aws:SourceVpc: vpc-1 } }`. */
export const conditions = z.record(z.string(), z.record(z.string(), value)).check((context) => {
  for (const [operator, lines] of Object.entries(context.value)) {
    if (parseOperator(operator) === undefined) {
      const message = 'is no condition operator of IAM, such as StringEquals'
      context.issues.push({ code: 'custom', input: operator, path: [operator], message })
    }
    for (const key of Object.keys(lines).filter((one) => !/^[^:\s]+:\S+$/.test(one))) {
      const message = 'expected a condition key, such as aws:SourceVpc'
      context.issues.push({ code: 'custom', input: key, path: [operator, key], message })
    }
  }
})
