import { evaluateCondition, parseTrustPolicy, type RequestContext, type TrustPolicy } from '@federate/aws/rules'

type Statement = TrustPolicy['statements'][number]

/** Who asks for a role with credentials of AWS: the names by which a trust policy may know it. */
export interface AwsPrincipal {
  readonly account: string
  /** The role or user, not its session. */
  readonly arn: string
  readonly sessionArn: string
}

/**
 * What a trust policy says to a caller with AWS credentials.
 *
 * - `named`: it names the caller itself; in the same account nothing else is asked
 * - `delegated`: it names the caller's account, which decides by the caller's own policies
 * - `refused`: it does neither, or denies; what the rules do not know counts as refused
 */
export function trustInCaller(
  trustPolicy: string,
  action: string,
  caller: AwsPrincipal,
  context: RequestContext,
): 'named' | 'delegated' | 'refused' {
  const { statements, version } = parseTrustPolicy(trustPolicy)
  const applying = statements.filter((one) => isAbout(one, action))
  const truthOf = (one: Statement) => one.conditions.map((line) => evaluateCondition(line, version, context).truth)
  const denied = applying.some(
    (one) => one.effect === 'Deny' && covers(one, caller) !== undefined && !truthOf(one).includes('false'),
  )
  if (denied) return 'refused'
  const grants = applying.filter((one) => one.effect === 'Allow' && truthOf(one).every((truth) => truth === 'true'))
  const ways = grants.map((one) => covers(one, caller))
  if (ways.includes('named')) return 'named'
  return ways.includes('delegated') ? 'delegated' : 'refused'
}

function isAbout({ action }: Statement, wanted: string): boolean {
  const listed = action.patterns.some((pattern) => ['*', 'sts:*', wanted].some((one) => same(one, pattern)))
  return listed !== action.negated
}

function covers(
  { principal }: Statement,
  { account, arn, sessionArn }: AwsPrincipal,
): 'named' | 'delegated' | undefined {
  if (principal.others.includes(arn) || principal.others.includes(sessionArn)) return 'named'
  const [, partition] = arn.split(':')
  const root = [account, `arn:${partition}:iam::${account}:root`, '*']
  return principal.everyone || principal.others.some((one) => root.includes(one)) ? 'delegated' : undefined
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
