import { type CallContext, FederateError, formatDuration, type RuntimeTarget } from '@federate/core'
import { isCloudName, loadCloud } from '../clouds.ts'
import { Checks, type Place } from './place.ts'
import { checkToken, type Issuing } from './token.ts'

/** A target of a service file. */
export interface TargetQuestion {
  readonly name: string
  readonly value: RuntimeTarget
  /** Where it stands, for messages. */
  readonly where: string
}

/** Whether a target works: a token for it, exchanged for credentials, and the cloud asked who one is with them. */
export async function targetPlace(
  { name, value, where }: TargetQuestion,
  issuing: Issuing,
  context: CallContext,
): Promise<Place> {
  const checks = new Checks()
  await checkTarget(checks, value, where, issuing, context)
  return { name, about: value.cloud, checks: checks.all }
}

async function checkTarget(
  checks: Checks,
  value: RuntimeTarget,
  where: string,
  issuing: Issuing,
  context: CallContext,
): Promise<void> {
  const known = await checks.try(
    'target',
    () => loaded(value, where),
    () => undefined,
  )
  if (known === undefined) return
  const { cloud, runtime } = known
  if (!(await checkToken(checks, cloud.audience(runtime), issuing))) {
    checks.notReached('exchange', 'There is no token that could be exchanged.')
    return
  }
  const credentials = await checks.try(
    'exchange',
    () => cloud.exchange(runtime, issuing.source, context),
    ({ expiresAt }) => `credentials for ${formatDuration(Math.ceil((expiresAt.getTime() - context.now()) / 1000))}`,
  )
  if (credentials === undefined) checks.notReached('identity', 'There are no credentials.')
  else await checks.try('identity', () => cloud.identify(credentials, runtime, context), String)
}

async function loaded(value: RuntimeTarget, where: string) {
  if (!isCloudName(value.cloud)) {
    throw new FederateError({
      code: 'CLOUD_UNKNOWN',
      outcome: 'usage',
      problem: `${where} is in the cloud "${value.cloud}", which this federate does not know.`,
      next: 'Use the version of federate that wrote the service file.',
    })
  }
  const cloud = await loadCloud(value.cloud)
  return { cloud, runtime: await cloud.runtime(value, where) }
}
