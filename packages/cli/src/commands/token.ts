import { FederateError, type ServiceFile, type Token } from '@federate/core'
import { isCloudName, loadCloud } from '../clouds.ts'
import { callContext } from '../context.ts'
import { exitStatus } from '../exit-status.ts'
import { loadService, type ServiceFlags } from '../service.ts'
import type { Terminal } from '../terminal.ts'
import { tokenSourceOf } from '../token-source.ts'

export interface TokenOptions extends ServiceFlags {
  for?: string
  decode?: boolean
  raw?: boolean
  json?: boolean
}

/** `federate token`: fetches the service's token and shows what is in it. */
export async function token(options: TokenOptions, terminal: Terminal): Promise<number> {
  const { file, directory } = await loadService(options, terminal)
  const context = callContext(terminal, new AbortController().signal)
  const audience = await audienceFor(options.for, file)
  const source = tokenSourceOf(file, directory, context)
  const issued = await source.getToken(audience === undefined ? {} : { audience })
  terminal.out(options.raw === true ? `${issued.reveal()}\n` : decoded(issued, options, context.now()))
  return exitStatus.done
}

/** What `--for` means: a target's audience, an API's, or the audience itself. */
async function audienceFor(what: string | undefined, file: ServiceFile): Promise<string | undefined> {
  if (what === undefined) return onlyAudience(file)
  const target = file.targets[what]
  if (target !== undefined) return targetAudience(target, `targets.${what}`)
  return file.apis?.[what] ?? what
}

async function onlyAudience(file: ServiceFile): Promise<string | undefined> {
  const audiences = new Set<string | undefined>()
  for (const [name, target] of Object.entries(file.targets))
    audiences.add(await targetAudience(target, `targets.${name}`))
  if (audiences.size <= 1) return [...audiences][0]
  throw new FederateError({
    code: 'AUDIENCE_AMBIGUOUS',
    outcome: 'usage',
    problem: `The targets of ${file.service} need tokens for different audiences: ${[...audiences].join(', ')}.`,
    next: `Choose one with --for: ${[...Object.keys(file.targets), ...Object.keys(file.apis ?? {})].join(', ')}.`,
  })
}

async function targetAudience(target: ServiceFile['targets'][string], where: string): Promise<string | undefined> {
  if (!isCloudName(target.cloud)) return undefined
  const cloud = await loadCloud(target.cloud)
  return cloud.audience(await cloud.runtime(target, where))
}

function decoded(issued: Token, options: TokenOptions, now: number): string {
  const facts = { header: issued.header, claims: issued.claims }
  if (options.json === true) {
    return `${JSON.stringify({ ...facts, expiresAt: issued.expiresAt, sha256: issued.fingerprint }, undefined, 2)}\n`
  }
  if (issued.claims === undefined) return `opaque token sha256:${issued.fingerprint}, ${lives(issued, now)}\n`
  return `${JSON.stringify(facts, undefined, 2)}\n${lives(issued, now)}\n`
}

function lives(issued: Token, now: number): string {
  const seconds = Math.round((issued.expiresAt.getTime() - now) / 1000)
  return `expires ${issued.expiresAt.toISOString()} (in ${Math.floor(seconds / 60)} min ${seconds % 60} s)`
}
