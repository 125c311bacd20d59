import { resolve } from 'node:path'
import {
  audienceParameters,
  type CallContext,
  clientAuthentication,
  clientCredentials,
  FederateError,
  type Fetch,
  fingerprint,
  givenTokens,
  isTokenReference,
  KeptMetadata,
  nodeFetch,
  parseIssuerUrl,
  type ServiceFile,
  type TokenSource,
  withSignals,
} from '@federate/core'
import { keycloak } from '@federate/keycloak'
import { withSystemdCredentials } from './systemd-credentials.ts'

/** Issuers' metadata, by issuer and authority: many services of one issuer ask for it once. */
export type SharedMetadata = Map<string, KeptMetadata>

/**
 * The source of a service's tokens, as its service file describes it. Whoever waits for one waits no longer than the
 * signal of `context` lasts.
 *
 * @param baseDirectory Where relative paths in the service file start.
 * @param shared What services of the same issuer have in common. Default: nothing.
 */
export function tokenSourceOf(
  file: ServiceFile,
  baseDirectory: string,
  context: CallContext,
  shared: SharedMetadata = new Map(),
): TokenSource {
  const source = describedSource(file, baseDirectory, context, shared)
  return {
    getToken: (request = {}) =>
      withSignals([context.signal, request.signal ?? []].flat(), (signal) => source.getToken({ ...request, signal })),
  }
}

function describedSource(
  file: ServiceFile,
  baseDirectory: string,
  context: CallContext,
  shared: SharedMetadata,
): TokenSource {
  const handed = withSystemdCredentials(file.service, file.auth, context.env)
  const reference = handed ?? file.auth
  if (isTokenReference(reference)) return givenTokens(reference, baseDirectory, withCall(file, context))
  const { now, warn } = context
  const { url: issuer, kind, audienceAs = 'none', parameters = {}, ca } = file.issuer
  // The modes of systemd's copies show its access list, which looks like a right of the group's to read.
  const told = handed === undefined ? { warn } : {}
  const auth = clientAuthentication(reference, { baseDirectory, environment: context.env, ...told })
  const authority = ca === undefined ? undefined : resolve(baseDirectory, ca)
  const fetch = issuerFetch(file, baseDirectory, context)
  const key = JSON.stringify([issuer, authority])
  const metadata = shared.get(key) ?? new KeptMetadata(parseIssuerUrl(issuer), { fetch, now })
  shared.set(key, metadata)
  const common = { issuer, clientId: file.clientId, auth, parameters, metadata, fetch, now, warn }
  return kind === 'keycloak'
    ? keycloak(common)
    : clientCredentials({ ...common, audience: audienceParameters(audienceAs) })
}

/** How the service's issuer is asked: by the authority that the service file names for it. */
export function issuerFetch({ issuer: { ca } }: ServiceFile, baseDirectory: string, context: CallContext): Fetch {
  return ca === undefined
    ? context.fetch
    : nodeFetch({ ca: { file: resolve(baseDirectory, ca) }, environment: context.env })
}

/** Names, in the environment of the programs that federate runs, the services whose tokens are being fetched. */
const calls = 'FEDERATE_CALLS'

/**
 * The environment of a token command says for which service it runs.
 *
 * @throws FederateError (usage) `CALLS_ITSELF` when it is that service's own token that it asks federate for.
 */
function withCall({ service, clientId, issuer, auth }: ServiceFile, context: CallContext): CallContext {
  if (auth.method !== 'token_command') return context
  const call = fingerprint(JSON.stringify([service, clientId, issuer.url, auth.command]))
  const running = (context.env[calls] ?? '').split(' ').filter((one) => one !== '')
  if (!running.includes(call)) return { ...context, env: { ...context.env, [calls]: [...running, call].join(' ') } }
  throw new FederateError({
    code: 'CALLS_ITSELF',
    outcome: 'usage',
    problem: `The command ${auth.command[0]}, which should print the token of ${service}, asks federate for that token.`,
    next: 'Name a command in `auth` that gets the token from somewhere else.',
  })
}
