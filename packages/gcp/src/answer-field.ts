import { FederateError, type HttpAnswer } from '@federate/core'

/**
 * The text in one field of an answer that was expected to have it.
 *
 * @throws FederateError (unreachable) `GCP_ANSWER_INCOMPLETE`.
 */
export function textField(answer: HttpAnswer, fields: Readonly<Record<string, unknown>>, name: string): string {
  const value = fields[name]
  if (typeof value === 'string' && value !== '') return value
  throw new FederateError({
    code: 'GCP_ANSWER_INCOMPLETE',
    outcome: 'unreachable',
    problem: `${answer.url} answered with status ${answer.status} and without "${name}".`,
    next: `Check that no proxy on the way answers for ${answer.peer.name}.`,
    details: { url: answer.url, status: answer.status, field: name },
  })
}
