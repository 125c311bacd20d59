import { FederateError } from '../errors.ts'
import { printable } from '../redaction/printable.ts'
import type { AudienceStyle } from '../service-file/service.ts'
import type { TokenRequest } from './token-source.ts'

/** Turns an audience into parameters of a token request; a `scope` among them joins the other scopes. */
export type AudienceParameters = (audience: string) => Readonly<Record<string, string>>

const styles: Readonly<Record<AudienceStyle, AudienceParameters>> = {
  scope: (audience) => ({ scope: audience }),
  audience: (audience) => ({ audience }),
  resource: (audience) => ({ resource: audience }),
  none: () => ({}),
}

/** How an issuer is asked for an audience: a scope of its name, Auth0's `audience`, RFC 8707's `resource`, or not at all. */
export function audienceParameters(style: AudienceStyle): AudienceParameters {
  return styles[style]
}

/** Parameters that the grant sets itself; nobody else may. */
export const ownParameters: ReadonlySet<string> = new Set(
  'grant_type scope client_id client_secret client_assertion client_assertion_type refresh_token'.split(' '),
)

export interface GrantWish {
  readonly audience: AudienceParameters
  readonly scope: readonly string[]
  readonly parameters: Readonly<Record<string, string>>
}

/**
 * The parameters of one client credentials request (RFC 6749 section 4.4.2), without the client's proof.
 *
 * @throws FederateError `SCOPE_INVALID` (usage) for a scope with characters that RFC 6749 section 3.3 does not allow.
 */
export function grantParameters(wish: GrantWish, request: TokenRequest): Readonly<Record<string, string>> {
  const { scope: audienceScope, ...audience } = request.audience === undefined ? {} : wish.audience(request.audience)
  const scopes = [...wish.scope, ...(request.scope ?? []), ...(audienceScope === undefined ? [] : [audienceScope])]
  const unique = [...new Set(scopes)]
  for (const scope of unique) checkScope(scope)
  return {
    ...wish.parameters,
    ...audience,
    ...(unique.length === 0 ? {} : { scope: unique.join(' ') }),
    grant_type: 'client_credentials',
  }
}

function checkScope(scope: string): void {
  if (/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope)) return
  throw new FederateError({
    code: 'SCOPE_INVALID',
    outcome: 'usage',
    problem: `"${printable(scope)}" cannot be a scope: one or more printable ASCII characters without space, quote and backslash were expected.`,
    next: 'Give each scope by itself, as the issuer names it.',
  })
}
