import { readFile as readText } from 'node:fs/promises'
import { resolve } from 'node:path'
import {
  checkSignature,
  type ExaminedToken,
  FederateError,
  type FederateFile,
  readJwt,
  type ServiceWish,
  type SignatureState,
  type TargetWish,
  type Verdict,
} from '@federate/core'
import { type CloudName, loadCloud } from '../clouds.ts'
import { exitStatus } from '../exit-status.ts'
import { predictedToken } from '../predicted-token.ts'
import type { Terminal } from '../terminal.ts'
import { readFile } from '../trust.ts'
import { renderVerdict } from '../verdict.ts'

export interface ExplainOptions {
  cloud: CloudName
  service?: string
  config?: string
  target?: string
  tokenFile?: string
  jwks?: string
  json?: boolean
}

/** `federate explain <cloud>`: judges a token by the cloud's rules and the trust that federate.yaml asks for. */
export async function explain(options: ExplainOptions, terminal: Terminal): Promise<number> {
  const cloud = await loadCloud(options.cloud)
  const file = await readFile(options, terminal)
  const { service, target } = chooseWish(file, options)
  const now = new Date(terminal.now())
  const token = await examinedToken(options, service, target, now, terminal)
  const verdict = await cloud.explain({ owner: file.owner, service, target, token, now })
  if (options.json === true) terminal.out(`${JSON.stringify(verdict, undefined, 2)}\n`)
  else terminal.out(renderVerdict(verdict, `${service.name}/${target.name}`, options, terminal))
  return statusOfVerdict(verdict)
}

function statusOfVerdict({ decision }: Verdict): number {
  if (decision === 'accepted') return exitStatus.done
  return decision === 'refused' ? exitStatus.refused : exitStatus.failed
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

async function examinedToken(
  options: ExplainOptions,
  service: ServiceWish,
  target: TargetWish,
  now: Date,
  terminal: Terminal,
): Promise<ExaminedToken> {
  if (options.tokenFile === undefined) {
    if (options.jwks !== undefined) throw jwksWithoutToken()
    const cloud = await loadCloud(options.cloud)
    return predictedToken(service, await cloud.wishedAudience(target, service), now)
  }
  const text = (await tokenText(options.tokenFile, terminal)).trim()
  return { ...readJwt(text), length: text.length, signature: await signatureOf(text, options, terminal) }
}

function jwksWithoutToken(): FederateError {
  return new FederateError({
    code: 'FLAG_MISSING',
    outcome: 'usage',
    problem: '--jwks was given without --token-file: a token that is only predicted has no signature to check.',
    next: 'Name the token with --token-file; - reads standard input.',
  })
}

async function signatureOf(token: string, { jwks }: ExplainOptions, terminal: Terminal): Promise<SignatureState> {
  if (jwks === undefined) return { state: 'unchecked' }
  return checkSignature(token, await fileText(resolve(terminal.cwd, jwks)))
}

async function tokenText(path: string, terminal: Terminal): Promise<string> {
  return path === '-' ? terminal.readStandardInput() : fileText(resolve(terminal.cwd, path))
}

async function fileText(path: string): Promise<string> {
  try {
    return await readText(path, 'utf8')
  } catch (cause) {
    throw new FederateError({
      code: 'FILE_MISSING',
      outcome: 'usage',
      problem: `${path} cannot be read.`,
      next: 'Check the path.',
      cause,
    })
  }
}
