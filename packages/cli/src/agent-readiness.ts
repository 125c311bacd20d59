import { FederateError, type HttpAnswer, jsonObject } from '@federate/core'

/** What an agent answers at /readyz. */
export interface AgentReadiness {
  readonly ready: boolean
  /** Those that the agent works for. */
  readonly services: readonly string[]
  readonly lent: readonly KeptState[]
  /** Files that are kept. */
  readonly files: readonly KeptState[]
}

interface KeptState {
  /** `billing/s3`, or the path of a file. */
  readonly name: string
  readonly state: string
  readonly expiresAt?: string
  readonly reason?: { readonly code: string; readonly problem: string }
}

/** @throws FederateError `AGENT_NOT_JSON`, `AGENT_ANSWER` (unreachable) where something else answers than an agent. */
export function parseReadiness(answer: HttpAnswer): AgentReadiness {
  const { ready, services, lent, files } = jsonObject(answer)
  if (
    typeof ready !== 'boolean' ||
    !isList(services, isText) ||
    !isList(lent, isKeptState) ||
    !isList(files, isKeptState)
  )
    throw notAnAgent(answer)
  return { ready, services, lent, files }
}

/** A line for everything that is kept, with the reason why it is not. */
export function readinessText({ lent, files }: AgentReadiness): string {
  return [...lent, ...files]
    .map(({ name, state, reason }) => `  ${name} ${state}${reason ? ` ${reason.code}: ${reason.problem}` : ''}`)
    .join('\n')
}

function isList<T>(value: unknown, isOne: (one: unknown) => one is T): value is readonly T[] {
  return Array.isArray(value) && value.every(isOne)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isKeptState(value: unknown): value is KeptState {
  if (typeof value !== 'object' || value === null || !('name' in value) || !('state' in value)) return false
  const reason: unknown = 'reason' in value ? value.reason : undefined
  return isText(value.name) && isText(value.state) && (reason === undefined || isReason(reason))
}

function isReason(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    isText(Reflect.get(value, 'code')) &&
    isText(Reflect.get(value, 'problem'))
  )
}

function notAnAgent({ url, status }: HttpAnswer): FederateError {
  return new FederateError({
    code: 'AGENT_ANSWER',
    outcome: 'unreachable',
    problem: `${url} answered with status ${status} and something that no agent of this version says.`,
    next: 'Check that an agent of the same version of federate runs there, and that --run-folder names its folder.',
    details: { url, status },
  })
}
