import {
  FederateError,
  nearest,
  parseDuration,
  printable,
  type ServiceFile,
  type Token,
  type TokenRequest,
} from '@federate/core'
import { isCloudName, loadCloud } from '../clouds.ts'
import { callContext } from '../context.ts'
import { exitStatus } from '../exit-status.ts'
import { loadService } from '../service.ts'
import type { ServiceFlags } from '../service-flags.ts'
import type { Terminal } from '../terminal.ts'
import { tokenSourceOf } from '../token-source.ts'

export interface TokenOptions extends ServiceFlags {
  for?: string
  scope?: string[]
  minValidity?: string
  decode?: boolean
  raw?: boolean
  check?: boolean
  json?: boolean
}

/** `federate token`: fetches the service's token and shows what is in it. */
export async function token(options: TokenOptions, terminal: Terminal): Promise<number> {
  const { file, directory } = await loadService(options, terminal)
  const context = callContext(terminal, new AbortController().signal)
  const request = await requestOf(options, file)
  const issued = await tokenSourceOf(file, directory, context)
    .getToken(request)
    .catch((error: unknown) => {
      throw withMeantTarget(error, options.for, file)
    })
  terminal.out(textOf(issued, options, context.now()))
  if (options.check === true) terminal.note(`${file.service} gets its token; it ${lives(issued, context.now())}`)
  return exitStatus.done
}

async function requestOf(options: TokenOptions, file: ServiceFile): Promise<TokenRequest> {
  const audience = await audienceFor(options.for, file)
  const { scope, minValidity } = options
  return {
    ...(audience === undefined ? {} : { audience }),
    ...(scope === undefined ? {} : { scope }),
    ...(minValidity === undefined ? {} : { minValidity: parseDuration(minValidity) }),
  }
}

/** What `--for` means: a target's audience, an API's, that of all targets in a cloud, or the audience itself. */
async function audienceFor(what: string | undefined, file: ServiceFile): Promise<string | undefined> {
  if (what === undefined) return onlyAudience(file, Object.entries(file.targets))
  const target = file.targets[what]
  if (target !== undefined) return targetAudience(target, `targets.${what}`)
  const inCloud = Object.entries(file.targets).filter(([, { cloud }]) => cloud === what)
  if (file.apis?.[what] === undefined && inCloud.length > 0) return onlyAudience(file, inCloud)
  return file.apis?.[what] ?? what
}

async function onlyAudience(
  file: ServiceFile,
  targets: readonly (readonly [string, ServiceFile['targets'][string]])[],
): Promise<string | undefined> {
  const audiences = new Set<string | undefined>()
  for (const [name, target] of targets) audiences.add(await targetAudience(target, `targets.${name}`))
  if (audiences.size <= 1) return [...audiences][0]
  throw new FederateError({
    code: 'AUDIENCE_AMBIGUOUS',
    outcome: 'usage',
    problem: `The targets of ${file.service} need tokens for different audiences: ${[...audiences].join(', ')}.`,
    next: `Choose one with --for: ${[...targets.map(([name]) => name), ...Object.keys(file.apis ?? {})].join(', ')}.`,
  })
}

async function targetAudience(target: ServiceFile['targets'][string], where: string): Promise<string | undefined> {
  if (!isCloudName(target.cloud)) return undefined
  const cloud = await loadCloud(target.cloud)
  return cloud.audience(await cloud.runtime(target, where))
}

/** How it shows that an issuer does not know an audience, or that a token from elsewhere is not for it. */
const audienceRefusals: ReadonlySet<string> = new Set(['ISSUER_REFUSED_SCOPE', 'ISSUER_REFUSED', 'TOKEN_AUDIENCE'])

/** An audience that the file does not know was asked for as it is. If that was refused, one that it does know may have been meant. */
function withMeantTarget(error: unknown, what: string | undefined, file: ServiceFile): unknown {
  if (!(error instanceof FederateError) || !audienceRefusals.has(error.code) || what === undefined) return error
  const clouds = Object.values(file.targets).map(({ cloud }) => String(cloud))
  const names = [...new Set([...Object.keys(file.targets), ...Object.keys(file.apis ?? {}), ...clouds])]
  const known = [...names, ...Object.values(file.apis ?? {})]
  const meant = known.includes(what) ? undefined : nearest(what, known)
  if (meant === undefined) return error
  const { code, outcome, problem, next, details, cause } = error
  return new FederateError({
    code,
    outcome,
    problem: `${problem} Nothing of ${file.service} is called "${printable(what)}", so that was asked for as an audience; there is: ${names.join(', ')}.`,
    next: `Did you mean --for ${meant}? If it is an audience: ${next}`,
    details: { ...details, meant },
    ...(cause === undefined ? {} : { cause }),
  })
}

/** The token itself stands on stdout only with `--raw`. */
function textOf(issued: Token, { raw, check, json }: TokenOptions, now: number): string {
  if (raw === true)
    return json === true
      ? lines({ access_token: issued.reveal(), expires_at: issued.expiresAt })
      : `${issued.reveal()}\n`
  const facts = { header: issued.header, claims: issued.claims }
  if (json === true && check === true) return lines({ expiresAt: issued.expiresAt, sha256: issued.fingerprint })
  if (json === true) return lines({ ...facts, expiresAt: issued.expiresAt, sha256: issued.fingerprint })
  if (check === true) return ''
  if (issued.claims === undefined) return `opaque token sha256:${issued.fingerprint}, ${lives(issued, now)}\n`
  return `${lines(facts)}${lives(issued, now)}\n`
}

function lines(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}

function lives(issued: Token, now: number): string {
  const seconds = Math.round((issued.expiresAt.getTime() - now) / 1000)
  return `expires ${issued.expiresAt.toISOString()} (in ${Math.floor(seconds / 60)} min ${seconds % 60} s)`
}
