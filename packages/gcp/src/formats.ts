import { FederateError } from '@federate/core'
import { formatNames } from './format-names.ts'
import type { GcpCredentials } from './temporary-credentials.ts'

/** Renders credentials in the named format; the names are those of `gcp.formats`. @throws FederateError `GCP_FORMAT_UNKNOWN` */
export function format(name: string, credentials: GcpCredentials): string {
  switch (name) {
    case 'json':
      return json(credentials)
    case 'token':
      return credentials.accessToken
    case 'env':
      return environment(credentials)
    default:
      throw unknownFormat(name)
  }
}

/** Everything there is, in the words of OAuth (RFC 6749 section 5.1), for programs. */
function json({ accessToken, expiresAt, identity, kind }: GcpCredentials): string {
  const fields = { [kind]: accessToken, token_type: 'Bearer', expires_at: rfc3339(expiresAt), identity }
  return JSON.stringify(fields, null, 2)
}

/** Lines for the `eval` of a POSIX shell: gcloud reads the one name, Terraform's provider the other. @throws FederateError `GCP_FORMAT_UNSAFE` */
function environment({ accessToken, kind }: GcpCredentials): string {
  if (kind === 'id_token') throw noVariable()
  // What came from a server goes into a shell; Google's tokens hold nothing else.
  if (!/^[\w.~+/=-]+$/.test(accessToken)) throw unsafe()
  return `export CLOUDSDK_AUTH_ACCESS_TOKEN='${accessToken}'\nexport GOOGLE_OAUTH_ACCESS_TOKEN='${accessToken}'`
}

/** Whole seconds: some readers know no fractions. */
function rfc3339(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, 'Z')
}

function unknownFormat(name: string): FederateError {
  return new FederateError({
    code: 'GCP_FORMAT_UNKNOWN',
    outcome: 'usage',
    problem: `Google credentials have no format "${name}", only ${formatNames.join(', ')}.`,
    next: 'Name one of these.',
  })
}

function noVariable(): FederateError {
  return new FederateError({
    code: 'GCP_FORMAT_UNSUITED',
    outcome: 'usage',
    problem: 'There is no variable in which tools look for an ID token.',
    next: 'Use --format token, as in curl -H "Authorization: Bearer $(federate credentials gcp --id-token https://… --format token)".',
  })
}

function unsafe(): FederateError {
  return new FederateError({
    code: 'GCP_FORMAT_UNSAFE',
    outcome: 'failed',
    problem: 'The token holds characters that no token of Google has, and they are not handed to a shell.',
    next: 'Check what answers for Google, and use --format json.',
  })
}
