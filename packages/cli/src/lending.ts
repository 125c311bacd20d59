import { type Door, Loan, type LoanStatus, type Obtained, targetDoor } from '@federate/agent'
import {
  type CallContext,
  type Cloud,
  type CloudCredentials,
  type Endpoint,
  type FederateError,
  type RuntimeTarget,
  type TokenSource,
  withSignals,
} from '@federate/core'
import { exchangeThroughCache } from './cached-exchange.ts'
import { isCloudName, loadCloud } from './clouds.ts'
import { OtherLoans } from './other-loans.ts'
import type { LoadedService } from './service.ts'

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
  source: TokenSource,
  context: CallContext,
  options: LendingOptions,
): Promise<LentTarget[]> {
  const lent = names.map(async (target) => {
    const value = service.file.targets[target]
    if (value === undefined || !isCloudName(value.cloud)) return undefined
    return lentTarget({ service, target, source, cloud: await loadCloud(value.cloud), ...options }, value, context)
  })
  return (await Promise.all(lent)).filter((target) => target !== undefined)
}

interface LendingWish extends LendingOptions {
  readonly cloud: Cloud
  readonly service: LoadedService
  readonly target: string
  readonly source: TokenSource
}

async function lentTarget(
  wish: LendingWish,
  value: RuntimeTarget,
  context: CallContext,
): Promise<LentTarget | undefined> {
  const { cloud, target, source, service, onRenewal } = wish
  const { file, path } = service
  const endpoint = await cloud.endpoint?.()
  if (endpoint === undefined) {
    context.warn(`${file.service}/${target} is not lent: federate has no endpoint for the SDKs of ${cloud.name} yet.`)
    return undefined
  }
  const runtime = await cloud.runtime(value, `${path ?? file.service}: targets.${target}`)
  const { now } = context
  // One issuer and one cloud answer for many services: they fail and come back together.
  const common = { name: `${file.service}/${target}`, upstream: `${file.issuer.url} ${cloud.name}`, now }
  const loan = new Loan({ ...common, obtain: obtainer({ ...wish, runtime }, context), ...(onRenewal && { onRenewal }) })
  const others = new OtherLoans(
    (other) => new Loan({ ...common, obtain: obtainer({ ...wish, runtime: other }, context), renewedByCallers: true }),
  )
  const lender = {
    credentials: (other?: RuntimeTarget) => (other === undefined ? loan : others.for(other)).get(),
    token: source.getToken.bind(source),
  }
  const door = (secret: string) => targetDoor({ service: file.service, target, runtime, endpoint, lender }, secret)
  return { cloud: cloud.name, target, runtime, endpoint, loan, door }
}

/** Ends with whoever asked, and with everything that is lent. */
function obtainer(wish: LendingWish & { readonly runtime: RuntimeTarget }, context: CallContext) {
  return async (request: { newerThan?: number; signal: AbortSignal }): Promise<Obtained<CloudCredentials>> => {
    const asked = context.now()
    const { newerThan, signal } = request
    const { credentials, kept } = await withSignals([signal, context.signal], (either) =>
      exchangeThroughCache({ ...wish, newerThan, rememberFailures: 0 }, { ...context, signal: either }),
    )
    return { value: credentials, obtainedAt: kept?.obtainedAt ?? asked }
  }
}
