import type { AccessToken, TokenCredential } from '@azure/identity'
import {
  type CallContext,
  FederateError,
  type KeptCredentials,
  keepCredentials,
  type Now,
  tryReadJwt,
} from '@federate/core'
import type { TenantAccess } from './access.ts'
import { AuthorityRoute } from './authority-route.ts'
import { noCredentials } from './no-credentials.ts'

/** Who is asked for, and where. */
export interface AdminLogin {
  readonly tenant: string
  /** Entra's address. */
  readonly authority: string
  readonly access: TenantAccess
  /** Its variables say whether there is a proxy on the way. */
  readonly env: CallContext['env']
}

/** Gives access tokens of the administrator for a scope. */
export type AdminTokens = (scope: string, signal: AbortSignal) => Promise<string>

interface AdminToken {
  readonly token: string
  readonly expiresAt: Date
}

/** Seconds after which a login is given up: `az` takes some, and so does a person in a browser. */
const patience = { browser: 600, others: 60 }

/**
 * The administrator's own access, by `@azure/identity`, which is loaded when the first token is asked for. A token is kept
 * for as long as it lives, because not every credential does so itself: `az` is a new process each time.
 *
 * @throws FederateError `AZURE_NO_CREDENTIALS` when nobody is signed in, `AZURE_WRONG_TENANT` when who is signed in is of
 * another tenant, `AZURE_UNREACHABLE` or `PROXY_UNREACHABLE` when Entra cannot be asked.
 */
export function adminTokens(login: AdminLogin, now: Now): AdminTokens {
  let credential: Promise<TokenCredential> | undefined
  const route = new AuthorityRoute(login.authority, login.env)
  const keepers = new Map<string, KeptCredentials<AdminToken>>()
  const byBrowser = login.access.login === 'browser'
  const timeout = byBrowser ? patience.browser : patience.others
  let signedIn: Promise<unknown> = Promise.resolve()
  const keeperOf = (scope: string): KeptCredentials<AdminToken> => {
    const fetch = async ({ signal }: { readonly signal: AbortSignal }): Promise<AdminToken> => {
      credential ??= credentialFor(login, route)
      const { token, expiresOnTimestamp } = await tokenOf(await credential, scope, { ...login, route }, signal)
      refuseOtherTenant(token, scope, login)
      return { token, expiresAt: new Date(expiresOnTimestamp) }
    }
    // Who signs in on one page is not shown a second one for the next token, and who refuses is not asked again.
    const afterOthers = (request: { readonly signal: AbortSignal }): Promise<AdminToken> => {
      const token = signedIn.then(() => fetch(request))
      signedIn = token
      return token
    }
    return keepCredentials(byBrowser ? afterOthers : fetch, {
      now,
      timeout,
      name: `The administrator's token for ${scope}`,
    })
  }
  return async (scope, signal) => {
    const keeper = keepers.get(scope) ?? keeperOf(scope)
    keepers.set(scope, keeper)
    return (await keeper({ signal })).token
  }
}

async function credentialFor(
  { tenant, authority, access }: AdminLogin,
  route: AuthorityRoute,
): Promise<TokenCredential> {
  const identity = await import('@azure/identity')
  const known = /^https:\/\/login\.(microsoftonline\.(com|us)|chinacloudapi\.cn)$/.test(authority)
  const options = {
    tenantId: tenant,
    // AZURE_TENANT_ID is the tenant of an application, which may be known in others too.
    additionallyAllowedTenants: [tenant],
    authorityHost: authority,
    // An authority that is not Microsoft's own, such as the sandbox's, is not in Microsoft's list of authorities.
    disableInstanceDiscovery: !known,
    additionalPolicies: [route.policy],
  }
  switch (access.login) {
    case 'cli':
      return new identity.AzureCliCredential({ tenantId: tenant })
    case 'environment':
      return new identity.EnvironmentCredential(options)
    case 'browser':
      return new identity.InteractiveBrowserCredential(options)
    case 'federation': {
      const { clientId = '', tokenFile: tokenFilePath = '' } = access
      return new identity.WorkloadIdentityCredential({ ...options, clientId, tokenFilePath })
    }
    case 'default':
      return new identity.DefaultAzureCredential(options)
  }
}

async function tokenOf(
  credential: TokenCredential,
  scope: string,
  { tenant, access, route }: AdminLogin & { readonly route: AuthorityRoute },
  signal: AbortSignal,
): Promise<AccessToken> {
  try {
    const token = await credential.getToken(scope, { tenantId: tenant, abortSignal: signal })
    if (token !== null) return token
  } catch (cause) {
    signal.throwIfAborted()
    throw route.failure() ?? noCredentials(tenant, access, cause)
  }
  throw new TypeError('@azure/identity gave no token and no error')
}

/** Graph and Resource Manager may be reached by different ways of signing in; both must lead to the target's tenant. */
function refuseOtherTenant(token: string, scope: string, { tenant }: AdminLogin): void {
  const actual = tryReadJwt(token)?.claims['tid']
  if (actual === undefined || actual === tenant) return
  throw new FederateError({
    code: 'AZURE_WRONG_TENANT',
    outcome: 'usage',
    problem: `The targets are of tenant ${tenant}, the administrator's token for ${scope} is of tenant ${String(actual)}.`,
    next: `Sign in to the other one (\`az login --tenant ${tenant}\`), or say in federate.admin.yaml how it is reached.`,
    details: { expected: tenant, actual },
  })
}
