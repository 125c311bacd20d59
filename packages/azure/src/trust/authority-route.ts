import { Agent } from 'node:https'
import type { TokenCredentialOptions } from '@azure/identity'
import { type CallContext, type FederateError, foreignFailure, isLoopbackHost } from '@federate/core'

type Policy = NonNullable<TokenCredentialOptions['additionalPolicies']>[number]

const entra = { prefix: 'AZURE', name: 'Microsoft Entra' }

/**
 * How `@azure/identity` asks the authority: this machine itself is never asked through a proxy, which the library would do.
 * And whether the authority was reached: MSAL makes of a network that is down what it makes of a tenant that does not exist.
 */
export class AuthorityRoute {
  readonly #authority: URL
  readonly #env: CallContext['env']
  #failure: { readonly url: string; readonly error: unknown } | undefined

  constructor(authority: string, env: CallContext['env']) {
    this.#authority = new URL(authority)
    this.#env = env
  }

  /** What credentials of the library are made with. */
  get policy(): Policy {
    const direct = new Agent()
    return {
      position: 'perCall',
      policy: {
        name: 'federateAuthorityRoute',
        sendRequest: async (request, next) => {
          const { host, hostname, protocol } = new URL(request.url)
          // The library's own policy for proxies leaves requests alone that have an agent.
          if (protocol === 'https:' && isLoopbackHost(hostname)) request.agent = direct
          if (host !== this.#authority.host) return next(request)
          try {
            const answer = await next(request)
            this.#failure = undefined
            return answer
          } catch (error) {
            this.#failure = { url: request.url, error }
            throw error
          }
        },
      },
    }
  }

  /** Why the authority was not reached, as `AZURE_UNREACHABLE` or `PROXY_UNREACHABLE`; `undefined` where it was. */
  failure(): FederateError | undefined {
    if (this.#failure === undefined) return undefined
    const { url, error } = this.#failure
    return foreignFailure(url, error, { peer: entra, env: this.#env })
  }
}
