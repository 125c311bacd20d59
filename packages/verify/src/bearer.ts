import { invalidRequest, noToken, Refusal } from './refusal.ts'

/** Where a request carries its token. */
export interface BearerRequest {
  /** Every `Authorization` header of the request. */
  readonly authorization: readonly string[]
  /** Path and query, as they came. */
  readonly url: string
}

/** RFC 6750 section 2.1; the scheme's case does not matter (RFC 9110 section 11.1). */
const bearer = /^Bearer(?<rest>.*)$/is
const token68 = /^ +(?<token>[\w.~+/-]+=*)$/

/**
 * The token that a request brings in its header. In a query or in a body (RFC 6750 sections 2.2 and 2.3) it is not looked
 * for: URLs end up in logs.
 *
 * @throws Refusal `REQUEST_WITHOUT_TOKEN` (401), `REQUEST_SEVERAL_TOKENS`, `REQUEST_MALFORMED` (400).
 */
export function bearerToken({ authorization, url }: BearerRequest): string {
  const [header, another] = authorization
  if (another !== undefined) throw several(`${authorization.length} Authorization headers`)
  const inQuery = /[?&]access_token=/.test(url)
  const rest = header === undefined ? undefined : bearer.exec(header)?.groups?.['rest']
  if (rest === undefined || /^[^ ]/.test(rest)) throw withoutToken(header, inQuery)
  if (inQuery) throw several('one token in the Authorization header and one in the query')
  const token = token68.exec(rest)?.groups?.['token']
  if (token !== undefined) return token
  throw new Refusal({
    code: 'REQUEST_MALFORMED',
    problem: 'The Authorization header says Bearer, and what follows is not one token.',
    next: 'Send "Authorization: Bearer <token>" with one space and no quotes.',
    answer: invalidRequest('The Authorization header is malformed'),
  })
}

function withoutToken(header: string | undefined, inQuery: boolean): Refusal {
  const found = header === undefined ? 'no Authorization header' : 'an Authorization header of another scheme'
  return new Refusal({
    code: 'REQUEST_WITHOUT_TOKEN',
    problem: `The request has ${found}${inQuery ? ', and a token in its query, where it is not read' : ''}.`,
    next: 'Send the token as "Authorization: Bearer <token>".',
    answer: noToken,
  })
}

function several(what: string): Refusal {
  return new Refusal({
    code: 'REQUEST_SEVERAL_TOKENS',
    problem: `The request brings ${what}, and nobody can say which of them counts.`,
    next: 'Send one Authorization header and no token elsewhere.',
    answer: invalidRequest('The request must carry one access token, in one Authorization header'),
  })
}
