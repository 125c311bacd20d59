import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import {
  type CallContext,
  type Cloud,
  FederateError,
  type RuntimeTarget,
  type ServiceWish,
  type TargetWish,
} from '@federate/core'
import { predictedToken } from './predicted-token.ts'
import type { WrittenServiceFile } from './service-files.ts'
import type { Terminal } from './terminal.ts'
import { tokenSourceOf } from './token-source.ts'

/** Whether a target's trust works, and how that is known. */
export interface Verification {
  readonly service: string
  readonly target: string
  readonly cloud: string
  /** `verified`: a real token was exchanged. `predicted`: the service's credential is not here; the rules decided. */
  readonly outcome: 'verified' | 'predicted' | 'refused'
  /** Who the service is in the cloud. */
  readonly identity?: string
  readonly detail: string
  readonly error?: FederateError
}

export interface VerificationSubject {
  readonly owner: string
  readonly cloud: Cloud
  readonly service: ServiceWish
  readonly target: TargetWish
  readonly written: WrittenServiceFile
}

/** How long a fresh trust may be refused before that counts, in seconds: clouds forget and remember for a while. */
const patience = 60
/** Between tries, in milliseconds: many trusts are known at once, some take minutes. */
const pauses = { first: 250, longest: 2_000 }
/** How often people are told that it still lasts, in milliseconds. */
const reportEvery = 15_000

// What tells that the service's credential is on another host or for other eyes, and not that something is wrong.
const elsewhere = new Set([
  'SECRET_FILE_MISSING',
  'SECRET_FILE_UNREADABLE',
  'SECRET_ENV_MISSING',
  'TOKEN_FILE_MISSING',
  'TOKEN_FILE_UNREADABLE',
  'TOKEN_ENV_MISSING',
  'TOKEN_COMMAND_MISSING',
  'GITHUB_TOKEN_NOT_OFFERED',
])

/** Tries one target with a real token and a real exchange, or predicts where the service's credential is elsewhere. */
export async function verifyTarget(
  subject: VerificationSubject,
  context: CallContext,
  terminal: Terminal,
): Promise<Verification> {
  const { cloud, service, target, written } = subject
  const named = { service: service.name, target: target.name, cloud: cloud.name }
  const runtime = written.file.targets[target.name]
  if (runtime === undefined) throw new TypeError(`the service file of ${service.name} lacks its target ${target.name}`)
  try {
    const identity = await exchangePatiently(subject, runtime, context, terminal)
    return {
      ...named,
      outcome: 'verified',
      identity,
      detail: `a real token was exchanged; the cloud says: ${identity}`,
    }
  } catch (error) {
    if (!(error instanceof FederateError)) throw error
    if (elsewhere.has(error.code)) return { ...named, ...(await predict(subject, context)) }
    return { ...named, outcome: 'refused', detail: error.problem, error }
  }
}

async function exchangePatiently(
  subject: VerificationSubject,
  runtime: RuntimeTarget,
  context: CallContext,
  terminal: Terminal,
): Promise<string> {
  const { cloud, written } = subject
  const source = tokenSourceOf(written.file, dirname(written.path), context)
  const start = context.now()
  const { steadyAfter = 1 } = cloud
  let told = start - reportEvery
  let pause = pauses.first
  let successes = 0
  for (;;) {
    try {
      const credentials = await cloud.exchange(runtime, source, context)
      const identity = await cloud.identify(credentials, runtime, context)
      successes += 1
      if (successes >= steadyAfter) return identity
      if (terminal.interactive)
        terminal.note(`${cloud.name} accepted the token, ${successes} of ${steadyAfter} times in a row`)
    } catch (error) {
      successes = 0
      const waited = (context.now() - start) / 1000
      const longest = cloud.propagationTime ?? patience
      if (!cloud.isPropagating(error) || waited > longest) throw error
      if (terminal.interactive && context.now() - told >= reportEvery) {
        told = context.now()
        terminal.note(`waiting until ${cloud.name} knows the new trust … ${Math.round(waited)} s of ${longest} at most`)
      }
      await wait(pause, undefined, { signal: context.signal })
      pause = Math.min(pauses.longest, pause * 2)
    }
  }
}

async function predict(
  subject: VerificationSubject,
  context: CallContext,
): Promise<Omit<Verification, 'service' | 'target' | 'cloud'>> {
  const { cloud, owner, service, target, written } = subject
  const runtime = written.file.targets[target.name]
  const audience = runtime === undefined ? undefined : cloud.audience(runtime)
  const now = new Date(context.now())
  const token = predictedToken(service, audience, now)
  const verdict = await cloud.explain({ owner, service, target, token, now })
  const command = `federate credentials ${cloud.name} --service ${service.name}.federate.json --target ${target.name}`
  const failing = verdict.rules.find((rule) => rule.outcome === 'failed')
  if (failing === undefined) {
    return {
      outcome: 'predicted',
      detail: `the service's credential is not on this host; by the rules it will work. Try it there: ${command}`,
    }
  }
  return { outcome: 'refused', detail: `by the rules it will be refused: ${failing.detail}` }
}
