import type { AwsRuntime } from './target.ts'

/** What narrows a session: of a call's parameters, those that are wished. */
export function sessionPolicies({ sessionPolicy, sessionPolicyArns }: AwsRuntime): {
  Policy?: string
  PolicyArns?: { arn: string }[]
} {
  return {
    ...(sessionPolicy === undefined ? {} : { Policy: JSON.stringify(sessionPolicy) }),
    ...(sessionPolicyArns === undefined ? {} : { PolicyArns: sessionPolicyArns.map((arn) => ({ arn })) }),
  }
}
