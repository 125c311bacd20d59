import type { ClientAuthentication } from '../authentication/client-authentication.ts'
import type { OptionPlace } from '../options/option-place.ts'
import type { ClientCredentialsOptions } from './client-credentials.ts'
import { checkFreshness, timeoutRange } from './source-options.ts'

const callbacks = ['fetch', 'now', 'sleep', 'random', 'warn', 'audience'] as const

/** What `clientCredentials` takes. */
export const clientOptionNames: readonly string[] = Object.keys({
  ...{ issuer: true, clientId: true, auth: true, audience: true, scope: true, parameters: true, tokenEndpoint: true },
  ...{ metadata: true, timeout: true, fetch: true, now: true, sleep: true, random: true, warn: true, freshness: true },
} satisfies Record<keyof ClientCredentialsOptions, true>)

/**
 * Checks the options of what gets a client's tokens from its issuer; what the issuer's URL must be says `parseIssuerUrl`.
 *
 * @param known those that there are, of `clientOptionNames`
 * @throws FederateError (usage) with the code of the place.
 */
export function checkClientOptions(
  options: ClientCredentialsOptions,
  known: readonly string[],
  place: OptionPlace,
): ClientCredentialsOptions {
  const checked = place.object(options, known, 'Give { issuer, clientId, auth }.')
  const { scope, parameters, tokenEndpoint, metadata, timeout } = checked
  place.at('issuer').text(checked.issuer)
  place.at('clientId').text(checked.clientId)
  clientAuthenticationAt(checked.auth, place.at('auth'))
  place.functions(checked, callbacks)
  if (scope !== undefined) place.at('scope').texts(scope)
  if (parameters !== undefined) checkParameters(parameters, place.at('parameters'))
  if (tokenEndpoint !== undefined) place.at('tokenEndpoint').text(tokenEndpoint)
  if (metadata !== undefined) place.at('metadata').objectWith(metadata, ['get', 'forget'], 'KeptMetadata')
  if (timeout !== undefined) place.at('timeout').number(timeout, timeoutRange)
  checkFreshness(checked.freshness, place.at('freshness'))
  return checked
}

/** An option that says how a client proves who it is. A secret in its place is not shown. */
export function clientAuthenticationAt(given: ClientAuthentication, place: OptionPlace): ClientAuthentication {
  const next = 'Give what proves it, such as clientSecret({ file: "/run/secrets/billing" }).'
  return place.objectWith(given, ['authenticate', 'reload'], 'how the client proves who it is', next)
}

function checkParameters(given: Readonly<Record<string, string>>, place: OptionPlace): void {
  const parameters = place.objectWith(given, [], 'an object whose values are texts')
  for (const [name, value] of Object.entries(parameters)) {
    if (typeof value !== 'string') throw place.at(name).wrong(value, 'a text')
  }
}
