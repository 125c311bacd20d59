import type { ApiWish, ExaminedToken, RuleResult, ServiceWish } from '@federate/core'
import type { KeycloakTrust, ModelledToken, Moment, TokenPreview } from '@federate/keycloak/trust'
import { isCloudName, loadCloud } from './clouds.ts'
import type { TrustSession } from './trust.ts'

/** One claim of a token beside the one that is needed. */
export interface ReportedClaim {
  readonly claim: string
  readonly issued: unknown
  readonly needed: unknown
  /** Whether it is needed otherwise than it is issued. */
  readonly differs: boolean
}

/** The token that a service gets for one of its targets or APIs, beside the one that it needs there. */
export interface TokenReport {
  readonly service: string
  /** A target of the service, or the name of an API. */
  readonly target: string
  /** The target's cloud; `api` for an API. */
  readonly for: string
  /** Undefined: the client is not there, or cannot ask for that audience. */
  readonly token: ModelledToken | undefined
  readonly claims: readonly ReportedClaim[]
  /** The cloud's rules that the token breaks. */
  readonly broken: readonly RuleResult[]
  readonly preview?: TokenPreview | undefined
}

export interface ReportOptions {
  readonly moment: Moment
  /** Whether Keycloak is asked for an example, too. */
  readonly preview: boolean
}

/** Reports on every token of the selected services of the issuers that are open. */
export async function reportTokens(session: TrustSession, options: ReportOptions): Promise<TokenReport[]> {
  const reports: TokenReport[] = []
  for (const trust of session.issuers) {
    for (const service of servicesOf(trust, session)) {
      for (const subject of await subjectsOf(service, session))
        reports.push(await report(trust, subject, session, options))
    }
  }
  return reports
}

/** Whether anything about the token is not as it must be. */
export function isUnfit({ token, claims, broken, preview }: TokenReport): boolean {
  return token === undefined || broken.length > 0 || claims.some(({ differs }) => differs) || disagrees(preview)
}

function disagrees(preview: TokenPreview | undefined): boolean {
  return (preview?.differences.length ?? 0) > 0
}

/** What a token is for: a target in a cloud, or an API. */
interface Subject {
  readonly service: ServiceWish
  readonly target: string
  readonly for: string
  readonly audience: string | undefined
  readonly needed: Readonly<Record<string, unknown>>
  judge(token: ModelledToken): Promise<readonly RuleResult[]>
}

function servicesOf({ issuer }: KeycloakTrust, { file, only }: TrustSession): ServiceWish[] {
  return file.services.filter(({ name, issuer: own }) => own.url === issuer.url && (only?.has(name) ?? true))
}

async function subjectsOf(service: ServiceWish, session: TrustSession): Promise<Subject[]> {
  const { neededForApi } = await import('@federate/keycloak/trust')
  const apis = session.file.apis.filter(
    ({ name }) => service.targets.length === 0 || Object.hasOwn(service.roles ?? {}, name),
  )
  return [
    ...(await Promise.all(service.targets.map((target) => cloudSubject(service, target, session)))),
    ...apis.map((api) => apiSubject(service, api, neededForApi(service, api))),
  ]
}

async function cloudSubject(
  service: ServiceWish,
  target: ServiceWish['targets'][number],
  { file, context }: TrustSession,
): Promise<Subject> {
  const { neededClaims } = await import('@federate/keycloak/trust')
  if (!isCloudName(target.cloud)) throw new TypeError(`${target.cloud} is no cloud`)
  const cloud = await loadCloud(target.cloud)
  const audience = await cloud.wishedAudience(target, service)
  const judge = async (token: ModelledToken) => {
    const now = new Date(context.now())
    const { rules } = await cloud.explain({ owner: file.owner, service, target, token: examined(token, now), now })
    return rules.filter(({ outcome }) => outcome === 'failed')
  }
  return { service, target: target.name, for: cloud.name, audience, needed: neededClaims(service, audience), judge }
}

function apiSubject(service: ServiceWish, { name, audience }: ApiWish, needed: Subject['needed']): Subject {
  return { service, target: name, for: 'api', audience, needed, judge: async () => [] }
}

async function report(
  { tokens }: KeycloakTrust,
  subject: Subject,
  { context }: TrustSession,
  { moment, preview }: ReportOptions,
): Promise<TokenReport> {
  const { service, audience, needed } = subject
  const token = await tokens.foresee(service, audience, moment, context.signal)
  return {
    service: service.name,
    target: subject.target,
    for: subject.for,
    token,
    claims: await compared(token?.claims ?? {}, needed),
    broken: token === undefined ? [] : await subject.judge(token),
    ...(preview ? { preview: await tokens.preview(service, audience, context.signal) } : {}),
  }
}

/** Needed claims first, in the order in which clouds look at them. */
async function compared(
  issued: Readonly<Record<string, unknown>>,
  needed: Subject['needed'],
): Promise<ReportedClaim[]> {
  const { claimDifferences } = await import('@federate/keycloak/trust')
  const differing = new Set(claimDifferences(issued, needed).map(({ claim }) => claim))
  const names = [...new Set([...Object.keys(needed), ...Object.keys(issued)])]
  return names.map((claim) => ({
    claim,
    issued: issued[claim],
    needed: needed[claim],
    differs: needed[claim] !== undefined && differing.has(claim),
  }))
}

/** The modelled token as the clouds' rules look at one. */
function examined({ claims, algorithm, lifetime }: ModelledToken, now: Date): ExaminedToken {
  const issuedAt = Math.floor(now.getTime() / 1000)
  const whole = { ...claims, iat: issuedAt, exp: issuedAt + lifetime }
  const header = { alg: algorithm, typ: 'JWT', kid: 'predicted' }
  return { header, claims: whole, signature: { state: 'valid' }, length: JSON.stringify(whole).length * 2 }
}
