import type { TokenCredential } from '@azure/identity'
import { FederateError, tryReadJwt } from '@federate/core'
import type { TenantAccess } from './access.ts'

/** Who is asked for, and where. */
export interface AdminLogin {
  readonly tenant: string
  /** Entra's address. */
  readonly authority: string
  readonly access: TenantAccess
}

/** Gives access tokens of the administrator for a scope. */
export type AdminTokens = (scope: string, signal: AbortSignal) => Promise<string>

/**
 * The administrator's own access, by `@azure/identity`, which is loaded when the first token is asked for.
 *
 * @throws FederateError `AZURE_NO_CREDENTIALS` when nobody is signed in, `AZURE_WRONG_TENANT` when who is signed in is of
 * another tenant.
 */
export function adminTokens(login: AdminLogin): AdminTokens {
  let credential: Promise<TokenCredential> | undefined
  return async (scope, signal) => {
    credential ??= credentialFor(login)
    const token = await tokenOf(await credential, scope, login, signal)
    refuseOtherTenant(token, scope, login)
    return token
  }
}

async function credentialFor({ tenant, authority, access }: AdminLogin): Promise<TokenCredential> {
  const identity = await import('@azure/identity')
  const known = /^https:\/\/login\.(microsoftonline\.(com|us)|chinacloudapi\.cn)$/.test(authority)
  // An authority that is not Microsoft's own, such as the sandbox's, is not in Microsoft's list of authorities.
  const options = { tenantId: tenant, authorityHost: authority, disableInstanceDiscovery: !known }
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
  { tenant, access }: AdminLogin,
  signal: AbortSignal,
): Promise<string> {
  try {
    const token = await credential.getToken(scope, { abortSignal: signal })
    if (token !== null) return token.token
  } catch (cause) {
    signal.throwIfAborted()
    const [words = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n')
    throw new FederateError({
      code: 'AZURE_NO_CREDENTIALS',
      outcome: 'usage',
      problem: `No administrator's access to tenant ${tenant} (login: ${access.login}): ${words.replace(/\.$/, '')}.`,
      next: `Sign in with \`az login --tenant ${tenant}\`, or say in federate.admin.yaml how the tenant is reached: azure.tenants."${tenant}".login.`,
      cause,
    })
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
