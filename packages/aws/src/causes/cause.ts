import type { JwtClaims } from '@federate/core'
import { parseIamArn } from '../partition.ts'
import type { AwsRuntime } from '../target.ts'

/** What is known when STS has refused a token. */
export interface RefusedExchange {
  readonly runtime: AwsRuntime
  readonly claims: JwtClaims
  readonly header: Readonly<Record<string, unknown>>
  /** Characters of the encoded token. */
  readonly tokenLength: number
  readonly now: Date
  /** STS's own words. */
  readonly message: string
}

/** Why STS may have said no, and the two values that differ where there are two. */
export interface Cause {
  readonly because: string
  readonly next: string
  readonly expected?: string
  readonly actual?: string
}

export const explain = 'Run `federate explain aws` with this token to see every rule that AWS applies.'

export function accountOf(runtime: AwsRuntime): string {
  return parseIamArn(runtime.roleArn)?.account ?? '(unknown)'
}
