import { FederateError, type HttpAnswer, type Peer, retryAfterIn, type Token } from '@federate/core'
import { type EntraFailure, failureDetails, identification, readEntraFailure, verbatim } from './entra-failure.ts'
import { entraRefusals } from './entra-refusals.ts'
import type { AzureRuntime } from './target.ts'

/** Who is asked, for the codes and words of what goes wrong on the way there. */
export const entraPeer: Peer = { prefix: 'AZURE', name: 'Microsoft Entra' }

export interface EntraAttempt {
  readonly runtime: AzureRuntime
  readonly token: Token
  readonly now: Date
}

/**
 * Explains a failed exchange: Entra's own code and words, the likeliest cause, the two values that differ, and the ids
 * that Microsoft's support asks for.
 *
 * Codes: those of `entraRefusals`, `AZURE_THROTTLED`, `AZURE_UNAVAILABLE`, and `AZURE_REFUSED` for what is in no table.
 * `details.aadsts` is Entra's code; `details.transient` is true where the same request may well succeed a moment later.
 */
export function fromEntraAnswer(answer: HttpAnswer, attempt: EntraAttempt): FederateError {
  const failure = readEntraFailure(answer)
  if (answer.status === 429) return throttled(failure, answer, attempt)
  if (answer.status >= 500) return unavailable(failure, answer, attempt)
  const refusal = entraRefusals.find(({ aadsts }) => failure.aadsts !== undefined && aadsts.includes(failure.aadsts))
  const { runtime, token, now } = attempt
  const cause = refusal?.cause({ runtime, now, claims: token.claims ?? {}, header: token.header ?? {} })
  return new FederateError({
    code: refusal?.code ?? 'AZURE_REFUSED',
    outcome: 'refused',
    problem: [
      `Microsoft Entra refused the token for the client ${runtime.clientId} in tenant ${runtime.tenantId}: ${verbatim(failure)}.`,
      ...(cause === undefined ? [] : [cause.because]),
      identification(failure),
    ].join(' '),
    next: cause?.next ?? 'Run `federate explain azure` with this token to see every rule that Entra applies.',
    details: {
      ...failureDetails(failure),
      tenantId: runtime.tenantId,
      clientId: runtime.clientId,
      expected: cause?.expected,
      actual: cause?.actual,
      transient: refusal?.transient === true,
      propagating: refusal?.propagating === true,
    },
    secrets: [token.reveal()],
  })
}

function throttled(failure: EntraFailure, answer: HttpAnswer, { token, now }: EntraAttempt): FederateError {
  return new FederateError({
    code: 'AZURE_THROTTLED',
    outcome: 'unreachable',
    problem: `Microsoft Entra did not exchange the token: ${verbatim(failure)}. Too many requests in a short time, also after several tries. ${identification(failure)}`,
    next: 'Wait a minute and try again; keep access tokens for as long as they live instead of exchanging anew.',
    details: { ...failureDetails(failure), retryAfter: retryAfterIn(answer, () => now.getTime()), transient: true },
    secrets: [token.reveal()],
  })
}

function unavailable(failure: EntraFailure, answer: HttpAnswer, { token, now }: EntraAttempt): FederateError {
  return new FederateError({
    code: 'AZURE_UNAVAILABLE',
    outcome: 'unreachable',
    problem: `Microsoft Entra answered with status ${answer.status}: ${verbatim(failure)}. ${identification(failure)}`,
    next: 'Try again later; if it stays, look at https://azure.status.microsoft.',
    details: { ...failureDetails(failure), retryAfter: retryAfterIn(answer, () => now.getTime()), transient: true },
    secrets: [token.reveal()],
  })
}
