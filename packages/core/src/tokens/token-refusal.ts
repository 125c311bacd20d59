import { clockAhead, clockSentence } from '../clock.ts'
import { FederateError } from '../errors.ts'
import { unavailable } from '../issuer/issuer-unavailable.ts'
import type { Now } from '../network/fetch.ts'
import { type HttpAnswer, jsonObject } from '../network/http.ts'
import { printable } from '../redaction/printable.ts'
import { withoutSecrets } from '../redaction/without-secrets.ts'

/** What was asked, for the words of a refusal. */
export interface Asked {
  readonly clientId: string
  /** Name of the authentication method. */
  readonly method: string
  /** The `scope` that was sent. */
  readonly scope: string | undefined
  /** Texts that must not be repeated. */
  readonly secrets: readonly string[]
}

interface Refusal {
  readonly error: string
  /** `error` and `error_description`, fit to print. */
  readonly words: string
}

/**
 * What it means that a token endpoint did not answer with a token: `ISSUER_REFUSED_CLIENT`, `ISSUER_REFUSED_SCOPE`,
 * `ISSUER_REFUSED`, `ISSUER_REFUSED_SIZE` (refused), `ISSUER_UNAVAILABLE`, `ISSUER_NOT_FOUND`, `ISSUER_NOT_JSON` (unreachable).
 */
export function tokenRefusal(answer: HttpAnswer, asked: Asked, now: Now): FederateError {
  if (answer.status === 429 || answer.status >= 500) return unavailable(answer, now)
  if (answer.status === 404) return endpointMissing(answer)
  if (answer.status === 413 || answer.status === 431) return tooMuchSent(answer, asked)
  const refusal = readRefusal(answer, asked.secrets)
  if (isClientRefused(refusal, answer.status)) return clientRefused(answer, asked, refusal, now)
  if (refusal.error === 'invalid_scope') return scopeRefused(answer, asked, refusal)
  return refused('ISSUER_REFUSED', answer, refusal, {
    problem: `${answer.url} refused a token to the client "${asked.clientId}" (status ${answer.status}): ${refusal.words}.`,
    next: 'Check that the client may use the client credentials grant (in Keycloak: "Service accounts roles" is on), and what it asks for.',
  })
}

function readRefusal(answer: HttpAnswer, secrets: readonly string[]): Refusal {
  const fields = jsonObject(answer)
  const text = (name: string) => {
    const value = fields[name]
    return typeof value === 'string' ? printable(withoutSecrets(value, secrets)) : undefined
  }
  const error = text('error') ?? 'no OAuth error'
  const description = text('error_description')
  return { error, words: description === undefined ? error : `${error}, "${description}"` }
}

/**
 * RFC 6749 section 5.2: `invalid_client`. Keycloak answers a wrong secret with `unauthorized_client`: with 401 to a client
 * with a secret, with 400 and these words to one that signs with it.
 */
function isClientRefused({ error, words }: Refusal, status: number): boolean {
  if (error !== 'unauthorized_client') return error === 'invalid_client'
  return status === 401 || /client authentication|authenticating client/i.test(words)
}

function clientRefused(answer: HttpAnswer, asked: Asked, refusal: Refusal, now: Now): FederateError {
  const clock = withAssertion.has(asked.method) ? clockSentence(clockAhead(answer, now)) : undefined
  return refused('ISSUER_REFUSED_CLIENT', answer, refusal, {
    problem: `${answer.url} refused the client "${asked.clientId}", which proved itself by ${asked.method} (status ${answer.status}): ${refusal.words}.${clock === undefined ? '' : ` ${clock}`}`,
    next: clientAdvice(asked.method, refusal.words, clock !== undefined),
  })
}

const withAssertion: ReadonlySet<string> = new Set(['private_key_jwt', 'client_secret_jwt', 'jwt_file'])

const adviceByMethod: Readonly<Record<string, string>> = {
  private_key_jwt:
    'Check that the client exists, is set to "Signed Jwt", and that the public half of this very key is registered for it, under the key id that is sent.',
  client_secret_jwt:
    'Check that the client exists, is set to "Signed Jwt with Client Secret", and that the secret and its algorithm are the current ones.',
  tls_client_auth:
    'Check that the client exists, is set to "X509 Certificate", that its subject DN is that of the certificate, and that a proxy before the issuer passes the certificate on.',
  jwt_file:
    'Check that the client exists, is set to "Signed JWT - Federated" (Keycloak 26.6 and later), and that issuer and subject of the assertion, and its audience, are those that are registered for it.',
}
const customAdvice = 'Check that the client exists, and that the issuer expects this proof from it.'
const secretAdvice =
  'Check that the client exists and is enabled, that the secret is its current one, and that it is set to "Client Id and Secret".'

function clientAdvice(method: string, words: string, clockIsOff: boolean): string {
  if (/service account/i.test(words))
    return 'Turn "Client authentication" and "Service accounts roles" of this client on in Keycloak.'
  if (clockIsOff) return "Set this host's clock (by NTP): the assertion lives for a minute only."
  return adviceByMethod[method] ?? (method.startsWith('client_secret_') ? secretAdvice : customAdvice)
}

function scopeRefused(answer: HttpAnswer, asked: Asked, refusal: Refusal): FederateError {
  const scopes = asked.scope ?? '(none)'
  return refused('ISSUER_REFUSED_SCOPE', answer, refusal, {
    problem: `${answer.url} refused the scopes "${printable(scopes)}" to the client "${asked.clientId}": ${refusal.words}.`,
    next: 'Attach a client scope with exactly that name to the client; in Keycloak as an optional scope (Clients, Client scopes, Add client scope).',
    details: { scope: scopes },
  })
}

/** RFC 9110 section 15.5.14 and RFC 6585 section 5; a page of a proxy's may say it as well. */
function tooMuchSent(answer: HttpAnswer, { clientId, method }: Asked): FederateError {
  return new FederateError({
    code: 'ISSUER_REFUSED_SIZE',
    outcome: 'refused',
    problem: `${answer.url} was sent more by the client "${clientId}" than it takes (status ${answer.status}): what proves the client by ${method} is too long.`,
    next: 'Check that the file or variable holds the secret or assertion and nothing else.',
    details: { url: answer.url, status: answer.status },
  })
}

function endpointMissing(answer: HttpAnswer): FederateError {
  return new FederateError({
    code: 'ISSUER_NOT_FOUND',
    outcome: 'unreachable',
    problem: `The token endpoint ${answer.url} answers 404.`,
    next: 'Check that the realm still exists, and that the proxy before the issuer lets this path through.',
    details: { url: answer.url, status: answer.status },
  })
}

interface Words {
  readonly problem: string
  readonly next: string
  readonly details?: Readonly<Record<string, unknown>>
}

function refused(code: string, answer: HttpAnswer, refusal: Refusal, words: Words): FederateError {
  const details = { url: answer.url, status: answer.status, error: refusal.error, ...words.details }
  return new FederateError({ code, outcome: 'refused', problem: words.problem, next: words.next, details })
}
