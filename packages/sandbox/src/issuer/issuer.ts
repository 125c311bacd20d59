import type { Now, Seconds } from '@federate/core'
import { discoveryDocument } from './discovery.ts'
import { type Endpoint, Faults } from './faults.ts'
import { RealmKeys } from './keys.ts'
import { answerLogout } from './logout-endpoint.ts'
import { type IssuerAnswer, type IssuerRequest, jsonAnswer, Refusal, tokenHeaders } from './message.ts'
import type { RealmDefinition } from './realm.ts'
import { RealmControl } from './realm-control.ts'
import { answerRevocation } from './revocation-endpoint.ts'
import { routeOf } from './routes.ts'
import { checkRealm, type RunningRealm, realmClock, tokenEndpointOf } from './running-realm.ts'
import { Sessions } from './sessions.ts'
import { answerTokenRequest } from './token-endpoint.ts'

export interface IssuerOptions {
  /** Where it is reached, with the base path and without a trailing slash: `http://127.0.0.1:8080/auth`. */
  readonly url: string
  /** The same by https, where clients are asked for certificates. Default: nowhere. */
  readonly secureUrl?: string
  readonly realms: readonly RealmDefinition[]
  /** Default: `Date.now`. */
  readonly now?: Now
}

/**
 * An issuer with Keycloak's paths, claims, statuses and words, for the client credentials grant, and for what comes of it: refresh, revocation and logout.
 *
 * It is a function from request to answer; `nodeHandler` puts it behind `node:http`.
 */
export class Issuer {
  readonly #basePath: string
  readonly #controls: ReadonlyMap<string, RealmControl>

  constructor(basePath: string, controls: ReadonlyMap<string, RealmControl>) {
    this.#basePath = basePath
    this.#controls = controls
  }

  /** The handle by which tests and the sandbox steer one realm; `undefined` for a realm that is not served. */
  realm(name: string): RealmControl | undefined {
    return this.#controls.get(name)
  }

  get realms(): readonly RealmControl[] {
    return [...this.#controls.values()]
  }

  async answer(request: IssuerRequest): Promise<IssuerAnswer> {
    const route = routeOf(request.path, this.#basePath)
    if (route.kind === 'nothing') return jsonAnswer(404, { error: 'Unable to find matching target resource method' })
    const control = this.#controls.get(route.realm)
    if (control === undefined) return jsonAnswer(404, { error: 'Realm does not exist' })
    if (route.kind === 'nothing in realm') return jsonAnswer(404, { error: route.error })
    if (request.method === 'OPTIONS') return { status: 200, headers: {}, body: '' }
    if (route.kind === 'rotate keys') return rotateByRequest(control, request)
    control.count(route.endpoint)
    const { running } = control
    const answer = running.faults.take(route.endpoint) ?? (await answerEndpoint(running, route.endpoint, request))
    // A server whose clock is off says so in every answer.
    const date = new Date(running.seconds() * 1000).toUTCString()
    return { ...answer, headers: { ...answer.headers, date } }
  }
}

/**
 * Makes an issuer with fresh keys.
 *
 * @throws FederateError `SANDBOX_REALM_INVALID` for a realm that Keycloak would not hold.
 */
export async function createIssuer(options: IssuerOptions): Promise<Issuer> {
  const now = options.now ?? Date.now
  const running = options.realms.map((definition) => runRealm(definition, options, now))
  const controls = new Map((await Promise.all(running)).map((control) => [control.name, control]))
  return new Issuer(new URL(options.url).pathname.replace(/\/$/, ''), controls)
}

async function runRealm(definition: RealmDefinition, options: IssuerOptions, now: Now): Promise<RealmControl> {
  checkRealm(definition)
  const { url, secureUrl } = options
  const path = `/realms/${encodeURIComponent(definition.name)}`
  const issuer = `${url}${path}`
  const clock: { offset: Seconds } = { offset: 0 }
  const running: RunningRealm = {
    definition,
    issuer,
    ...(secureUrl === undefined ? {} : { secureIssuer: `${secureUrl}${path}` }),
    tokenEndpoint: tokenEndpointOf(issuer),
    keys: await RealmKeys.generate(definition.name, new Date(now())),
    faults: new Faults(),
    sessions: new Sessions(),
    usedAssertions: new Map(),
    seconds: realmClock(now, () => clock.offset),
  }
  return new RealmControl(running, clock)
}

async function answerEndpoint(realm: RunningRealm, endpoint: Endpoint, request: IssuerRequest): Promise<IssuerAnswer> {
  const reads = request.method === 'GET' || request.method === 'HEAD'
  switch (endpoint) {
    case 'discovery':
      return reads ? jsonAnswer(200, discoveryDocument(realm), uncached) : notFound
    case 'keys':
      return reads ? jsonAnswer(200, realm.keys.jwks(), { 'cache-control': 'no-cache' }) : wrongMethod
    case 'token':
      return request.method === 'POST' ? refusable(answerTokenRequest(realm, request), tokenHeaders) : wrongMethod
    case 'revocation':
      return request.method === 'POST' ? refusable(answerRevocation(realm, request)) : wrongMethod
    case 'logout':
      return request.method === 'POST' ? refusable(answerLogout(realm, request)) : wrongMethod
  }
}

async function refusable(answer: Promise<IssuerAnswer>, headers?: Record<string, string>): Promise<IssuerAnswer> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof Refusal) return error.answer(headers)
    throw error
  }
}

const uncached = { 'cache-control': 'no-cache, must-revalidate, no-transform, no-store' }
const notFound = jsonAnswer(404, { error: 'HTTP 404 Not Found' })
const wrongMethod = jsonAnswer(405, { error: 'HTTP 405 Method Not Allowed' })

async function rotateByRequest(control: RealmControl, request: IssuerRequest): Promise<IssuerAnswer> {
  if (request.method !== 'POST') return wrongMethod
  await control.rotateKeys()
  return jsonAnswer(200, { keys: control.keyCount })
}
