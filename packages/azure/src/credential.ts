import type { GetTokenOptions, TokenCredential } from '@azure/identity'
import {
  credentialOptionsAt,
  FederateError,
  type KeptCredentials,
  keepCredentials,
  type Now,
  nodeFetch,
  optionsOf,
  RecentlyUsed,
  type TokenSource,
} from '@federate/core'
import type { AzureCredentials } from './access-token-credentials.ts'
import { mergedClaims } from './claims-request.ts'
import type { Environment } from './environment.ts'
import { type ExchangeContext, exchange } from './exchange.ts'
import { type AzureRuntime, parseAzureRuntime } from './target.ts'

export interface AzureCredentialOptions {
  /** Where the issuer's tokens come from. */
  readonly token: TokenSource
  /** The tenant's id. */
  readonly tenantId: string
  /** The application id, or the client id of the managed identity. */
  readonly clientId: string
  /** The audience to ask the issuer for. Default: `api://AzureADTokenExchange`, or that of the environment. */
  readonly audience?: string
  /** `client`: the issuer gives the right audience unasked. Default: `request`. */
  readonly audienceFrom?: 'request' | 'client'
  /** Default: `public`. */
  readonly environment?: Environment
  /** Default: core's transport, which heeds HTTPS_PROXY and NODE_EXTRA_CA_CERTS. */
  readonly fetch?: ExchangeContext['fetch']
  /** Default: `Date.now`. */
  readonly now?: Now
  /** Default: the process's environment. */
  readonly env?: ExchangeContext['env']
  /** Told when credentials could not be renewed while the old ones still live. Default: nobody. */
  readonly warn?: (message: string) => void
}

/**
 * Makes a `TokenCredential` for any client of the Azure SDK: `new BlobServiceClient(url, azureCredential({ … }))`.
 *
 * Access tokens are kept, one per scope, until they expire, and renewed in the background before that, by one exchange
 * however many calls wait; while it fails, the old one is served for as long as it lives. A claims challenge (continuous
 * access evaluation) gets a new token with these claims.
 *
 * Not built on `ClientAssertionCredential`: below it MSAL asks for the assertion twice per call, also when it has a token;
 * after one failed request it fails for 60 seconds without asking anybody; and Entra's code is only in the message.
 *
 * @throws FederateError at once when an option is wrong (`OPTION`, `OPTION_UNKNOWN`, `AZURE_ID`); `getToken` throws the
 *   codes of `exchange`, and `AZURE_OTHER_TENANT` (usage) when a client asks for a token of another tenant.
 */
export function azureCredential(options: AzureCredentialOptions): TokenCredential {
  const place = optionsOf('azureCredential')
  const checked = credentialOptionsAt(options, names, place)
  const { token, now = Date.now, fetch = nodeFetch(), env = process.env, warn, ...target } = checked
  const runtime = parseAzureRuntime(target, place)
  const slots = new RecentlyUsed<Slot>(100)
  const slotFor = (scope: string, enableCae: boolean): Slot => {
    const key = `${enableCae ? 'cae' : 'plain'} ${scope}`
    const known = slots.get(key)
    if (known !== undefined) return known
    const slot: Slot = { claims: mergedClaims(undefined, enableCae), get: () => Promise.reject(new Error('not yet')) }
    slot.get = keepCredentials(
      ({ signal }) => exchange({ ...runtime, scope }, token, { now, fetch, env, signal, claims: slot.claims }),
      { now, name: `The access token for ${scope}`, ...(warn === undefined ? {} : { warn }) },
    )
    slots.set(key, slot)
    return slot
  }
  return {
    getToken: async (scopes, { abortSignal, claims, enableCae = false, tenantId }: GetTokenOptions = {}) => {
      refuseOtherTenant(tenantId, runtime)
      const slot = slotFor([scopes].flat().join(' '), enableCae)
      // What was demanded once is part of every token from then on: the old ones are not accepted any more.
      if (claims !== undefined) slot.claims = mergedClaims(claims, enableCae)
      const signal = abortSignal === undefined ? undefined : realSignal(abortSignal)
      const credentials = await slot.get({
        forceRefresh: claims !== undefined,
        ...(signal === undefined ? {} : { signal }),
      })
      return {
        token: credentials.accessToken,
        expiresOnTimestamp: credentials.expiresAt.getTime(),
        tokenType: 'Bearer',
      }
    },
  }
}

const names = Object.keys({
  ...{ token: true, tenantId: true, clientId: true, audience: true, audienceFrom: true, environment: true },
  ...{ fetch: true, now: true, env: true, warn: true },
} satisfies Record<keyof AzureCredentialOptions, true>)

/** The token of one scope, and the claims that Entra is asked to put into it. */
interface Slot {
  claims: string | undefined
  get: KeptCredentials<AzureCredentials>
}

type AbortSignalLike = NonNullable<GetTokenOptions['abortSignal']>

/** The SDK's own signals have no reason and no `throwIfAborted`. */
function realSignal(like: AbortSignalLike): AbortSignal {
  if (like instanceof AbortSignal) return like
  const controller = new AbortController()
  if (like.aborted) controller.abort()
  like.addEventListener('abort', () => controller.abort())
  return controller.signal
}

function refuseOtherTenant(tenantId: string | undefined, runtime: AzureRuntime): void {
  if (tenantId === undefined || tenantId.toLowerCase() === runtime.tenantId.toLowerCase()) return
  throw new FederateError({
    code: 'AZURE_OTHER_TENANT',
    outcome: 'usage',
    problem: `A token of the tenant ${tenantId} was asked for, and the credential is of the tenant ${runtime.tenantId}.`,
    next: 'The resource belongs to another tenant: set up a target there, and make a credential of its own for it.',
    details: { expected: runtime.tenantId, actual: tenantId },
  })
}
