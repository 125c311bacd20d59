import { audiences, type JwtClaims, stringClaim } from '@federate/core'
import { difference } from './rules/index.ts'
import type { AzureRuntime } from './target.ts'

/** What is known when Entra has refused a token. */
export interface RefusedExchange {
  readonly runtime: AzureRuntime
  readonly claims: JwtClaims
  readonly header: Readonly<Record<string, unknown>>
  readonly now: Date
}

/** The likeliest cause, and the two values that differ where there are two. */
export interface Cause {
  readonly because: string
  readonly next: string
  readonly expected?: string
  readonly actual?: string
}

/** What helps with any refusal. */
export const explain = 'Run `federate explain azure` with this token to see every rule that Entra applies.'

const words = { iss: 'issuer', sub: 'subject', aud: 'audience' } as const

/** Compares a claim with what the service file has of the credential; where that is not known, only names the claim. */
function compared(name: 'iss' | 'sub' | 'aud', expected: string | undefined, actual: string): string {
  if (expected === undefined) return `The token's ${name} is "${actual}".`
  const found = difference(expected, actual)
  if (found !== undefined)
    return `The token's ${name} is "${actual}", this target's ${words[name]} is "${expected}". ${found.detail}`
  return `The token's ${name} is "${actual}", as this target has it: Entra has not heard of it everywhere yet, somebody changed the credential, or the service file is older than it.`
}

function mismatch(name: 'iss' | 'sub' | 'aud', expected: string | undefined, actual: string, next: string): Cause {
  const differs = expected !== undefined && expected !== actual
  return {
    because: compared(name, expected, actual),
    next: differs
      ? next
      : `If the trust was made or changed in the last minutes, try again; else run \`federate status azure\`, and where nothing differs \`federate setup azure\`, which writes the service file anew. ${explain}`,
    ...(differs ? { expected } : {}),
    actual,
  }
}

export function wrongIssuer({ runtime, claims }: RefusedExchange): Cause {
  const next = 'Use the same issuer URL for the service and in federate.yaml, then run `federate setup azure`.'
  return mismatch('iss', runtime.issuer, claimText(claims, 'iss'), next)
}

export function wrongSubject({ runtime, claims }: RefusedExchange): Cause {
  const next =
    'Check which service this token belongs to. `federate explain azure` shows every rule that Entra applies.'
  return mismatch('sub', runtime.subject, claimText(claims, 'sub'), next)
}

export function wrongAudience({ runtime, claims }: RefusedExchange): Cause {
  const next = `Ask the issuer for a token for "${runtime.audience}" (Keycloak: attach the client scope of that audience); each sovereign cloud has its own constant. Where the credential has another by now, the service file is old: \`federate setup azure\` writes it anew.`
  return mismatch('aud', runtime.audience, audiences(claims).join(', ') || '(none)', next)
}

/** The old answer does not say which of the three it is. */
export function noMatch(exchange: RefusedExchange): Cause {
  const causes = [wrongIssuer, wrongSubject, wrongAudience].map((cause) => cause(exchange))
  return causes.find(({ expected }) => expected !== undefined) ?? wrongSubject(exchange)
}

/** A claim for messages. */
export function claimText(claims: JwtClaims, name: string): string {
  return stringClaim(claims, name) ?? '(none)'
}
