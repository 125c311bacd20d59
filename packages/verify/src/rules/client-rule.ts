import { notEnough } from '../refusal.ts'
import { clientOf } from './claim-rules.ts'
import type { Rule } from './rule.ts'
import { listed, shown } from './values.ts'

/** Asked last: the token is genuine, its client is just not one of those that are let in. */
export const clientRule: Rule = {
  name: 'client',
  code: 'TOKEN_CLIENT',
  answer: notEnough(),
  objection: (question) => {
    const { clients } = question.terms
    const client = clientOf(question)
    if (clients === undefined || (client !== undefined && clients.includes(client))) return undefined
    return {
      detail: 'The token was issued to a client that is not on the list.',
      expected: listed(clients),
      actual: shown(client),
      next: 'Add the client to `clients` if it is to be let in.',
    }
  },
  passed: (question) => {
    const client = shown(clientOf(question))
    return question.terms.clients === undefined
      ? `${client} is let in, as every client is.`
      : `${client} is on the list.`
  },
}
