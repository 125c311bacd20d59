import type { Answer, Refusal } from './refusal.ts'

/** What a refused caller gets: nothing of the reason but what RFC 6750 gives a name. */
export interface RefusalAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Status, headers and body for a refusal. @param realm as in `WWW-Authenticate` */
export function refusalAnswer({ answer }: Refusal, realm: string): RefusalAnswer {
  const { status, error, description, retryAfter } = answer
  const body = error === undefined ? '' : JSON.stringify({ error, error_description: description })
  return {
    status,
    headers: {
      'cache-control': 'no-store',
      ...(body === '' ? {} : { 'content-type': 'application/json' }),
      ...(status === 503
        ? { 'retry-after': String(retryAfter ?? 1) }
        : { 'www-authenticate': challenge(answer, realm) }),
    },
    body,
  }
}

/** RFC 6750 section 3. */
function challenge({ error, description, scope }: Answer, realm: string): string {
  const parameters = [
    ['realm', realm],
    ['error', error],
    ['error_description', description],
    ['scope', scope],
  ].flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${quoted(value)}`]))
  return `Bearer ${parameters.join(', ')}`
}

/** A quoted-string of RFC 9110 section 5.6.4. */
function quoted(value: string): string {
  return `"${value.replace(/[\\"]/g, '\\$&')}"`
}
