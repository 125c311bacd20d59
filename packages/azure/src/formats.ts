import { basename, dirname, isAbsolute, join } from 'node:path'
import { FederateError, trustedFolder, writeFileAtomically } from '@federate/core'
import type { AzureCredentials } from './access-token-credentials.ts'
import { formatNames } from './format-names.ts'
import type { AzureRuntime } from './target.ts'

/** Renders credentials in the named format; the names are those of `azure.formats`. @throws FederateError `AZURE_FORMAT_UNKNOWN` */
export async function format(name: string, credentials: AzureCredentials, runtime: AzureRuntime): Promise<string> {
  switch (name) {
    case 'json':
      return json(credentials)
    case 'token':
      return credentials.accessToken
    case 'env':
      return environment(credentials)
    case 'federated-token-file':
      return federatedTokenFile(credentials, runtime)
    default:
      throw unknownFormat(name)
  }
}

function unknownFormat(name: string): FederateError {
  return new FederateError({
    code: 'AZURE_FORMAT_UNKNOWN',
    outcome: 'usage',
    problem: `Azure credentials have no format "${name}", only ${formatNames.join(', ')}.`,
    next: 'Name one of these.',
  })
}

/** The fields of `az account get-access-token`, and for whom and what the token is. */
export function json(credentials: AzureCredentials): string {
  const { accessToken, tenantId, clientId, scope, expiresAt } = credentials
  const seconds = Math.floor(expiresAt.getTime() / 1000)
  const expiresOn = rfc3339(expiresAt)
  const shown = { accessToken, expiresOn, expires_on: seconds, tokenType: 'Bearer', tenant: tenantId, clientId, scope }
  return JSON.stringify(shown, null, 2)
}

/** Lines for the `eval` of a POSIX shell: the access token, for what sends it itself. */
export function environment({ accessToken, expiresAt, tenantId, clientId }: AzureCredentials): string {
  return exports({
    AZURE_TENANT_ID: tenantId,
    AZURE_CLIENT_ID: clientId,
    AZURE_ACCESS_TOKEN: accessToken,
    AZURE_ACCESS_TOKEN_EXPIRES_ON: rfc3339(expiresAt),
  })
}

/**
 * Writes the issuer's token, which Entra has just accepted, to a file for this user only, and gives the three variables
 * by which Azure's SDKs exchange it themselves (WorkloadIdentityCredential, and with it DefaultAzureCredential).
 *
 * @throws FederateError `AZURE_TOKEN_FILE` when no file is named, or not by an absolute path; `OUTPUT_FOLDER_MISSING`,
 *   `OUTPUT_FOLDER_OPEN` where others could put a token of their own in its place; `FILE_NOT_WRITTEN`.
 */
async function federatedTokenFile(
  { federatedToken, tenantId, clientId }: AzureCredentials,
  { federatedTokenFile: path }: AzureRuntime,
): Promise<string> {
  if (path === undefined || !isAbsolute(path)) throw noFile(path)
  const folder = await trustedFolder(dirname(path), undefined)
  await writeFileAtomically(join(folder, basename(path)), federatedToken, { mode: 0o600 })
  return exports({ AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId, AZURE_FEDERATED_TOKEN_FILE: path })
}

function noFile(path: string | undefined): FederateError {
  return new FederateError({
    code: 'AZURE_TOKEN_FILE',
    outcome: 'usage',
    problem:
      path === undefined
        ? 'The format federated-token-file was asked for, and no file was named.'
        : `The federated token file ${path} is not an absolute path, and software that reads it runs in other folders.`,
    next: 'Name it with --federated-token-file, as an absolute path.',
  })
}

function exports(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`)
    .join('\n')
}

/** Whole seconds: some readers know no fractions. */
function rfc3339(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, 'Z')
}
