import { optionsOf } from '../options/option-place.ts'
import type { ClientAuthentication, ClientProof, ProofRequest } from './client-authentication.ts'

/** What a function of one's own adds to a request to the token endpoint. */
export type CustomProof = Partial<Pick<ClientProof, 'headers' | 'parameters' | 'clientCertificate'>>

/**
 * Authentication by a function of your own, asked before every request: for what an issuer understands and this package
 * does not. It returns headers, parameters of the form, or a client certificate; `client_id` is added unless there is an
 * `authorization` header or a `client_id` already.
 *
 * Every value that it returns counts as a secret: no message repeats it.
 *
 * @param options.method what messages call it. Default: `custom`.
 * @throws FederateError (usage) at once `OPTION`, `OPTION_UNKNOWN`.
 */
export function customAuthentication(
  prove: (request: ProofRequest) => CustomProof | Promise<CustomProof>,
  options: { readonly method?: string } = {},
): ClientAuthentication {
  const place = optionsOf('customAuthentication')
  const { method = 'custom' } = place.object(options, ['method'])
  place.at('prove').function(prove)
  return {
    method: place.at('method').text(method),
    authenticate: async (request) => {
      const { headers = {}, parameters = {}, clientCertificate } = await prove(request)
      const named = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization')
      return {
        headers,
        parameters: { ...(named ? {} : { client_id: request.clientId }), ...parameters },
        secrets: secretsOf(headers, parameters, request.clientId),
        ...(clientCertificate === undefined ? {} : { clientCertificate }),
      }
    },
    // The function looks its secret up itself, every time.
    reload: async () => false,
  }
}

const publicParameters: ReadonlySet<string> = new Set(['client_id', 'client_assertion_type'])

function secretsOf(
  headers: Readonly<Record<string, string>>,
  parameters: Readonly<Record<string, string>>,
  clientId: string,
): string[] {
  const inForm = Object.entries(parameters).flatMap(([name, value]) => (publicParameters.has(name) ? [] : [value]))
  const inHeaders = Object.values(headers).flatMap((value) => [value, value.replace(/^\S+ +/, '')])
  return [...inForm, ...inHeaders].filter((value) => value !== clientId)
}
