import { type Door, Loan, type LoanStatus, type Obtained, targetDoor } from '@federate/agent'
import type { CallContext, Cloud, CloudCredentials, Endpoint, FederateError, RuntimeTarget } from '@federate/core'
import { exchangeThroughCache } from './cached-exchange.ts'
import { isCloudName, loadCloud } from './clouds.ts'
import type { LoadedService } from './service.ts'
import { tokenSourceOf } from './token-source.ts'

export interface LendingOptions {
  readonly cached: boolean
  /** Told of every renewal. Default: nobody. */
  readonly onRenewal?: (error: FederateError | undefined, status: LoanStatus) => void
}

/** One target of a service, kept fresh, with the way in which its cloud's SDKs fetch it. */
export interface LentTarget {
  readonly cloud: string
  readonly target: string
  readonly runtime: RuntimeTarget
  readonly endpoint: Endpoint
  readonly loan: Loan<CloudCredentials>
  door(secret: string): Door
}

/** The targets of a service that can be lent: those of clouds whose SDKs can fetch from a local process. */
export async function lentTargets(
  service: LoadedService,
  names: readonly string[],
  context: CallContext,
  options: LendingOptions,
): Promise<LentTarget[]> {
  const lent = names.map((name) => lentTarget(service, name, context, options))
  return (await Promise.all(lent)).filter((target) => target !== undefined)
}

async function lentTarget(
  service: LoadedService,
  target: string,
  context: CallContext,
  { cached, onRenewal }: LendingOptions,
): Promise<LentTarget | undefined> {
  const { file, path } = service
  const value = file.targets[target]
  if (value === undefined || !isCloudName(value.cloud)) return undefined
  const cloud = await loadCloud(value.cloud)
  const endpoint = await cloud.endpoint?.()
  if (endpoint === undefined) {
    context.warn(`${file.service}/${target} is not lent: the SDKs of ${cloud.name} cannot fetch from a local process.`)
    return undefined
  }
  const runtime = await cloud.runtime(value, `${path ?? file.service}: targets.${target}`)
  const obtain = obtainer({ cloud, service, target, runtime, cached }, context)
  const { now } = context
  const loan = new Loan({ name: `${file.service}/${target}`, obtain, now, ...(onRenewal && { onRenewal }) })
  const source = tokenSourceOf(file, service.directory, context)
  const lender = { credentials: () => loan.get(), token: source.getToken.bind(source) }
  const door = (secret: string) => targetDoor({ service: file.service, target, runtime, endpoint, lender }, secret)
  return { cloud: cloud.name, target, runtime, endpoint, loan, door }
}

interface LendingWish {
  readonly cloud: Cloud
  readonly service: LoadedService
  readonly target: string
  readonly runtime: RuntimeTarget
  readonly cached: boolean
}

function obtainer(wish: LendingWish, context: CallContext) {
  const source = tokenSourceOf(wish.service.file, wish.service.directory, context)
  return async (request: { newerThan?: number; signal: AbortSignal }): Promise<Obtained<CloudCredentials>> => {
    const asked = context.now()
    const { newerThan, signal } = request
    const wished = { ...wish, source, ...(newerThan === undefined ? {} : { newerThan }) }
    const { credentials, kept } = await exchangeThroughCache(wished, { ...context, signal })
    return { value: credentials, obtainedAt: kept?.obtainedAt ?? asked }
  }
}
