import { type ApiWish, FederateError, type FederateFile, parseKeySet } from '@federate/core'
import type { Requirement, TokenQuestion, TrustedIssuer } from '@federate/verify'
import { tokenTextIn } from '../examined-token.ts'
import { fileText } from '../file-text.ts'
import type { Terminal } from '../terminal.ts'
import { readFile } from '../trust.ts'
import { renderVerdict, statusOfVerdict } from '../verdict.ts'

export interface ExplainApiOptions {
  /** The API's name in federate.yaml. */
  api?: string
  config?: string
  issuer?: string
  audience?: string
  profile?: 'keycloak' | 'rfc9068'
  algorithm?: string[]
  client?: string[]
  requireScope?: string[]
  requireRole?: string[]
  requireClaim?: string[]
  tokenFile?: string
  jwks?: string
  json?: boolean
}

/** `federate explain api`: says what the verifier of an API says of a token, by its own rules. */
export async function explainApi(options: ExplainApiOptions, terminal: Terminal): Promise<number> {
  const { explainToken } = await import('@federate/verify')
  if (options.tokenFile === undefined) throw noToken()
  const issuers = await trustedIssuers(options, terminal)
  const token = await tokenTextIn(options.tokenFile, terminal)
  const verdict = await explainToken(
    { issuers },
    {
      token,
      now: new Date(terminal.now()),
      ...(options.jwks === undefined ? {} : await givenKeys(options.jwks, terminal)),
      requirements: await requirementsOf(options, issuers),
    },
  )
  if (options.json === true) terminal.out(`${JSON.stringify(verdict, undefined, 2)}\n`)
  else {
    const subject = issuers.flatMap(({ audience }) => audience)[0] ?? ''
    terminal.out(renderVerdict(verdict, subject, { tokenFile: options.tokenFile, cloud: 'the API' }, terminal))
  }
  return statusOfVerdict(verdict)
}

async function givenKeys(path: string, terminal: Terminal): Promise<Pick<TokenQuestion, 'jwks' | 'jwksSource'>> {
  return { jwks: { ...parseKeySet(await fileText(path, terminal), path) }, jwksSource: path }
}

/** The terms by flags, or those that federate.yaml means: every issuer of the file, for the API's audience. */
async function trustedIssuers(options: ExplainApiOptions, terminal: Terminal): Promise<readonly TrustedIssuer[]> {
  const { issuer, audience, algorithm, client, profile } = options
  const shared = {
    ...(algorithm === undefined ? {} : { algorithms: algorithm }),
    ...(client === undefined ? {} : { clients: client }),
  }
  if (issuer !== undefined) {
    if (audience === undefined) throw audienceMissing()
    return [{ issuer, audience, ...shared, ...(profile === undefined ? {} : { profile }) }]
  }
  const file = await readFile(options, terminal)
  const api = chosenApi(file, options.api)
  return Object.values(file.issuers).map(({ url, kind }) => ({
    ...{ issuer: url, audience: audience ?? api.audience, ...shared },
    profile: profile ?? (kind === 'keycloak' ? 'keycloak' : 'rfc9068'),
  }))
}

function chosenApi({ apis, path }: FederateFile, name: string | undefined): ApiWish {
  const [only, another] = apis.filter((api) => name === undefined || api.name === name)
  if (only !== undefined && another === undefined) return only
  throw new FederateError({
    code: only === undefined ? 'API_UNKNOWN' : 'API_AMBIGUOUS',
    outcome: 'usage',
    problem: `${path} has ${only === undefined ? 'no such API' : 'several APIs'}; there are: ${apis.map((api) => api.name).join(', ') || 'none'}.`,
    next: 'Name one, as in `federate explain api orders`, or give --issuer and --audience.',
  })
}

async function requirementsOf(options: ExplainApiOptions, issuers: readonly TrustedIssuer[]): Promise<Requirement[]> {
  const { requireClaim, requireRole, requireScope } = await import('@federate/verify')
  const client = issuers.flatMap(({ audience }) => audience)[0] ?? ''
  return [
    ...(options.requireScope === undefined ? [] : [requireScope(...options.requireScope)]),
    ...(options.requireRole ?? []).map((role) => requireRole(role, { client })),
    ...(options.requireClaim ?? []).map((pair) => {
      const separator = pair.indexOf('=')
      if (separator < 1) throw claimInvalid(pair)
      return requireClaim(pair.slice(0, separator), pair.slice(separator + 1))
    }),
  ]
}

function noToken(): FederateError {
  return new FederateError({
    code: 'FLAG_MISSING',
    outcome: 'usage',
    problem: '--token-file was not given, and without a token there is nothing to explain.',
    next: 'Name the file; - reads standard input, as in `federate token --for api://orders --raw | federate explain api --token-file -`.',
  })
}

function audienceMissing(): FederateError {
  return new FederateError({
    code: 'FLAG_MISSING',
    outcome: 'usage',
    problem: '--issuer was given without --audience: without one every token of that issuer would be accepted.',
    next: 'Add --audience, such as api://orders.',
  })
}

function claimInvalid(pair: string): FederateError {
  return new FederateError({
    code: 'FLAG_INVALID',
    outcome: 'usage',
    problem: `--require-claim ${pair} names no claim and value.`,
    next: 'Write it as name=value, such as --require-claim environment=production.',
  })
}
