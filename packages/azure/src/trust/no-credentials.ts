import { FederateError, redactText } from '@federate/core'
import type { TenantAccess } from './access.ts'

/** Explains why an administrator got no token, by how the login was to be done. */
export function noCredentials(tenant: string, { login }: TenantAccess, cause: unknown): FederateError {
  // A chain holds the errors of all its credentials.
  const errors: readonly unknown[] = isChain(cause) ? cause.errors : [cause]
  const messages = errors.map((error) => redactText(error instanceof Error ? error.message : String(error)))
  // What Entra refused says more than what was not set up.
  const refusals = new Set(messages.flatMap((message) => /AADSTS\d+:.*?(?= Timestamp:|$)/m.exec(message) ?? []))
  const told = refusals.size > 0 ? [...refusals] : messages.map((message) => firstSentence(tenant, message))
  const words = told.map((one) => (/[.!]$/.test(one) ? one : `${one}.`)).join(' ')
  return new FederateError({
    code: 'AZURE_NO_CREDENTIALS',
    outcome: refusals.size > 0 ? 'refused' : 'usage',
    problem: `No administrator's access to tenant ${tenant} (login: ${login}): ${words}`,
    next: nextSteps(tenant)[login],
    details: { login },
    cause,
  })
}

function nextSteps(tenant: string): Readonly<Record<TenantAccess['login'], string>> {
  const otherwise = `say in federate.admin.yaml how the tenant is reached: azure.tenants."${tenant}".login`
  const signIn = `Sign in with \`az login --tenant ${tenant}\``
  return {
    default: `${signIn}, or ${otherwise}.`,
    cli: `${signIn}; without the Azure CLI, ${otherwise} (environment, browser or federation).`,
    environment: `Set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (or AZURE_CLIENT_CERTIFICATE_PATH) of an application of that tenant, or ${otherwise}.`,
    browser: `Run it where a browser can be opened, or ${otherwise} (cli).`,
    federation: `Check clientId and tokenFile in federate.admin.yaml: the application needs a federated credential for exactly the token in that file.`,
  }
}

function isChain(cause: unknown): cause is { readonly errors: readonly unknown[] } {
  return typeof cause === 'object' && cause !== null && 'errors' in cause && Array.isArray(cause.errors)
}

/** Behind it come links and stack traces. */
function firstSentence(tenant: string, message: string): string {
  // What MSAL says when it finds no metadata of the tenant.
  if (message.includes('endpoints_resolution_error'))
    return `Entra knows no tenant ${tenant} (endpoints_resolution_error)`
  const [line = ''] = message.trim().split('\n')
  return line.split(/(?<=[.!]) (?=[A-Z])/)[0] ?? line
}
