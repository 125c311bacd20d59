import {
  type Cloud,
  FederateError,
  type FederateFile,
  type ServiceWish,
  type TargetWish,
  type TokenQuestion,
  type TrustFile,
  type Verdict,
} from '@federate/core'
import { loadCloud } from '../clouds.ts'
import { examineToken, type TokenFlags } from '../examined-token.ts'
import { type ExplainFlag, explainFlags } from '../explain-flags.ts'
import { judgeLive, type LiveOptions } from '../explain-live.ts'
import { fileText } from '../file-text.ts'
import { predictedToken } from '../predicted-token.ts'
import type { Terminal } from '../terminal.ts'
import { readFile } from '../trust.ts'
import { renderVerdict, statusOfVerdict } from '../verdict.ts'

export interface ExplainOptions extends TokenFlags, LiveOptions {
  service?: string
  config?: string
  target?: string
  json?: boolean
}

interface Judgement {
  readonly subject: string
  readonly verdict: Verdict
}

/** `federate explain <cloud>`: judges a token by the cloud's rules and the trust of federate.yaml, or of files. */
export async function explain(options: ExplainOptions, terminal: Terminal): Promise<number> {
  const cloud = await loadCloud(options.cloud)
  const { subject, verdict } = await judgement(cloud, options, terminal)
  const assumed = assumptions(options)
  if (options.json === true) terminal.out(`${JSON.stringify({ ...verdict, assumed }, undefined, 2)}\n`)
  else terminal.out(renderVerdict(verdict, subject, { ...options, assumed }, terminal))
  return statusOfVerdict(verdict)
}

/** What the verdict takes for granted, because nobody was asked. */
function assumptions(options: ExplainOptions): readonly string[] {
  return [
    ...(options.tokenFile === undefined
      ? ['The token is predicted: its key and signature are taken to hold (--token-file judges a real one).']
      : []),
    ...(options.live === true || trustFlags(options).size > 0
      ? []
      : [`The trust is taken to be as federate.yaml wants it (--live asks ${options.cloud} what is there).`]),
  ]
}

async function judgement(cloud: Cloud, options: ExplainOptions, terminal: Terminal): Promise<Judgement> {
  const given = trustFlags(options)
  const naming = explainFlags[options.cloud].find(({ name, names }) => names === true && given.has(name))
  if (options.live === true && naming !== undefined) return byName(cloud, naming, given, options, terminal)
  if (options.live === true || given.size === 0) return byFederateFile(cloud, given, options, terminal)
  return byFiles(cloud, given, options, terminal)
}

async function byFederateFile(
  cloud: Cloud,
  values: ReadonlyMap<string, string>,
  options: ExplainOptions,
  terminal: Terminal,
): Promise<Judgement> {
  const file = await readFile(options, terminal)
  const { service, target } = chooseWish(file, options)
  const now = new Date(terminal.now())
  const asked = await tokenFor(cloud, service, target, options, now, terminal)
  const wanted = { owner: file.owner, service, target }
  const verdict =
    options.live === true
      ? await judgeLive(cloud, { wanted, values, now, ...asked }, { ...options, federateFile: file.path }, terminal)
      : await cloud.explain({ ...wanted, now, ...asked })
  return { subject: `${service.name}/${target.name}`, verdict }
}

/** A role or application that federate.yaml need not know. */
async function byName(
  cloud: Cloud,
  { flag, name }: ExplainFlag,
  values: ReadonlyMap<string, string>,
  options: ExplainOptions,
  terminal: Terminal,
): Promise<Judgement> {
  if (options.tokenFile === undefined) throw noToken(flag.split(' ')[0])
  const examined = await examineToken(options.tokenFile, options, terminal)
  const verdict = await judgeLive(cloud, { values, now: new Date(terminal.now()), ...examined }, options, terminal)
  return { subject: values.get(name) ?? '', verdict }
}

async function tokenFor(
  cloud: Cloud,
  service: ServiceWish,
  target: TargetWish,
  options: ExplainOptions,
  now: Date,
  terminal: Terminal,
): Promise<Omit<TokenQuestion, 'now'>> {
  if (options.tokenFile !== undefined) return examineToken(options.tokenFile, options, terminal)
  if (options.jwks !== undefined) throw jwksWithoutToken()
  return { token: predictedToken(service, await cloud.wishedAudience(target, service), now) }
}

async function byFiles(
  cloud: Cloud,
  given: ReadonlyMap<string, string>,
  options: ExplainOptions,
  terminal: Terminal,
): Promise<Judgement> {
  const [main] = explainFlags[options.cloud]
  const path = given.get(main?.name ?? '')
  if (path === undefined || cloud.explainFiles === undefined) throw flagAlone(main?.flag)
  if (options.tokenFile === undefined) throw noToken(main?.flag)
  const files = new Map<string, TrustFile>()
  const values = new Map<string, string>()
  for (const { name, kind } of explainFlags[options.cloud]) {
    const value = given.get(name)
    if (value === undefined) continue
    if (kind === 'file') files.set(name, { path: value, text: await fileText(value, terminal) })
    else values.set(name, value)
  }
  const examined = await examineToken(options.tokenFile, options, terminal)
  const now = new Date(terminal.now())
  return { subject: path, verdict: await cloud.explainFiles({ files, values, now, ...examined }) }
}

/** What was given of the flags that only this cloud has. */
function trustFlags(options: ExplainOptions): ReadonlyMap<string, string> {
  const names = new Set(explainFlags[options.cloud].map(({ name }) => name))
  return new Map(
    Object.entries(options).flatMap(([name, value]) =>
      names.has(name) && typeof value === 'string' ? [[name, value] as const] : [],
    ),
  )
}

function flagAlone(needed: string | undefined): FederateError {
  return new FederateError({
    code: 'FLAG_MISSING',
    outcome: 'usage',
    problem: `Trust from files needs ${needed}.`,
    next: `Add ${needed}, or leave the other flags out to judge by federate.yaml.`,
  })
}

function noToken(flag: string | undefined): FederateError {
  return new FederateError({
    code: 'FLAG_MISSING',
    outcome: 'usage',
    problem: `${flag} was given without --token-file: a token can be predicted only for a service of federate.yaml.`,
    next: 'Add --token-file with the token to judge; - reads it from standard input.',
  })
}

function chooseWish(file: FederateFile, options: ExplainOptions): { service: ServiceWish; target: TargetWish } {
  const candidates = file.services.flatMap((service) =>
    service.targets
      .filter((target) => target.cloud === options.cloud)
      .filter((target) => options.target === undefined || target.name === options.target)
      .map((target) => ({ service, target })),
  )
  const matching = candidates.filter(({ service }) => options.service === undefined || service.name === options.service)
  const [only, another] = matching
  if (only !== undefined && another === undefined) return only
  const names = (only === undefined ? candidates : matching).map(
    ({ service, target }) => `${service.name}/${target.name}`,
  )
  throw new FederateError({
    code: only === undefined ? 'TARGET_UNKNOWN' : 'TARGET_AMBIGUOUS',
    outcome: 'usage',
    problem: `${file.path} has ${only === undefined ? 'no such' : 'several'} ${options.cloud} target(s) for ${options.service ?? 'any service'}; there are: ${names.join(', ') || 'none'}.`,
    next: `Name the service, and the target with --target, as in \`federate explain ${options.cloud} ${candidates[0]?.service.name ?? 'billing'} --target ${candidates[0]?.target.name ?? 's3'}\`.`,
  })
}

function jwksWithoutToken(): FederateError {
  return new FederateError({
    code: 'FLAG_MISSING',
    outcome: 'usage',
    problem: '--jwks was given without --token-file: a token that is only predicted has no signature to check.',
    next: 'Name the token with --token-file; - reads standard input.',
  })
}
