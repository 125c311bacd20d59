import { randomBytes, randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { FederateError, type Fetch, type Now } from '@federate/core'
import { BelievedCredentials } from './believed-credentials.ts'
import { type AzureDelays, type AzureFaults, Disturbance } from './disturbance.ts'
import { IssuerKeys } from './entra/issuer-keys.ts'
import { AccessTokens } from './entra/signing-key.ts'
import { type Administrator, answerTokenRequest } from './entra/token-endpoint.ts'
import { AzureFault, EntraFault } from './fault.ts'
import { answerGraph } from './graph/graph.ts'
import { type AzureAnswer, type AzureRequest, readRequest } from './message.ts'
import { answerResourceManager } from './resource-manager/resource-manager.ts'
import { Staleness } from './staleness.ts'
import { type AzureTenant, newTenant } from './state.ts'
import type { AzureWorld } from './world.ts'

export interface AzureOptions {
  /** The tenants that exist, with their subscriptions and these subscriptions' resource groups. */
  readonly tenants: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
  readonly now: Now
  /** Reaches the issuers: discovery and keys. */
  readonly fetch: Fetch
}

/** Entra, Microsoft Graph and Azure Resource Manager. */
export interface AzureSandbox {
  /** Answers one HTTP request. Graph's paths begin with /v1.0, Entra's with a tenant, Resource Manager's with anything else. */
  handle(request: IncomingMessage, response: ServerResponse): void
  readonly administrator: Pick<Administrator, 'clientId' | 'clientSecret'>
  /** Client ids that may use Graph and Resource Manager: the administrator's, and those that a test adds. */
  readonly administrators: Set<string>
  readonly faults: AzureFaults
  readonly delays: AzureDelays
  /** All requests so far, oldest first: `PATCH /v1.0/applications(uniqueName='billing')`. The last ten thousand. */
  readonly requests: readonly string[]
  /** A tenant's state, to look at and to change behind everyone's back. @throws FederateError `SANDBOX_TENANT_UNKNOWN` */
  tenant(id: string): AzureTenant
}

const keptRequests = 10_000
const audiences =
  /^https:\/\/(graph\.microsoft\.(com|us)|microsoftgraph\.chinacloudapi\.cn|management\.(azure\.com|usgovcloudapi\.net|chinacloudapi\.cn))\/?$/

export class AzureServer implements AzureSandbox {
  readonly administrator: Administrator = {
    clientId: randomUUID(),
    clientSecret: randomBytes(24).toString('base64url'),
    principalId: randomUUID(),
  }
  readonly administrators = new Set([this.administrator.clientId])
  readonly requests: string[] = []
  readonly #disturbance = new Disturbance()
  readonly #tenants = new Map<string, AzureTenant>()
  readonly #world: AzureWorld
  readonly #keys: IssuerKeys
  readonly #tokens = new AccessTokens()

  constructor({ tenants, now, fetch }: AzureOptions) {
    for (const [id, subscriptions] of Object.entries(tenants)) {
      const tenant = newTenant(id)
      for (const [subscription, groups] of Object.entries(subscriptions))
        tenant.subscriptions.set(subscription.toLowerCase(), new Set(groups.map((group) => group.toLowerCase())))
      this.#tenants.set(id, tenant)
    }
    const credentials = new BelievedCredentials(this.#tenants, this.#disturbance.delays)
    this.#world = {
      now,
      tenants: this.#tenants,
      disturbance: this.#disturbance,
      reads: new Staleness(),
      principals: new Staleness(),
      credentials,
    }
    this.#keys = new IssuerKeys(fetch, now)
  }

  get faults(): AzureFaults {
    return this.#disturbance
  }

  get delays(): AzureDelays {
    return this.#disturbance.delays
  }

  tenant(id: string): AzureTenant {
    const tenant = this.#tenants.get(id)
    if (tenant !== undefined) return tenant
    throw new FederateError({
      code: 'SANDBOX_TENANT_UNKNOWN',
      outcome: 'usage',
      problem: `The sandbox's Azure has no tenant ${id}; it has: ${[...this.#tenants.keys()].join(', ')}.`,
      next: 'Name it in an azure target of federate.yaml.',
    })
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    void this.#handle(request, response)
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const read = await readRequest(request)
      this.requests.push(`${read.method} ${read.path}`)
      if (this.requests.length > keptRequests) this.requests.shift()
      send(response, await this.#answer(read))
    } catch (error) {
      send(response, this.#answerTo(error))
    }
  }

  async #answer(request: AzureRequest): Promise<AzureAnswer> {
    const [, tenantName = '', rest = ''] = /^\/([^/]+)(\/.*)$/.exec(request.path) ?? []
    if (rest === '/v2.0/.well-known/openid-configuration') return this.#discovery(tenantName, request)
    if (rest === '/discovery/v2.0/keys') return { status: 200, json: await this.#tokens.jwks() }
    if (rest === '/oauth2/v2.0/token' && request.method === 'POST') {
      const parts = { world: this.#world, keys: this.#keys, tokens: this.#tokens, administrator: this.administrator }
      return answerTokenRequest(request, this.#tenants.get(tenantName), tenantName, parts)
    }
    const graph = request.path.startsWith('/v1.0/')
    const tenant = await this.#administered(request, graph)
    return graph ? answerGraph(request, tenant, this.#world) : answerResourceManager(request, tenant, this.#world)
  }

  #discovery(tenant: string, { origin }: AzureRequest): AzureAnswer {
    if (!this.#tenants.has(tenant)) throw new EntraFault('90002', `Tenant '${tenant}' not found.`, 400)
    const json = {
      issuer: `${origin}/${tenant}/v2.0`,
      token_endpoint: `${origin}/${tenant}/oauth2/v2.0/token`,
      authorization_endpoint: `${origin}/${tenant}/oauth2/v2.0/authorize`,
      jwks_uri: `${origin}/${tenant}/discovery/v2.0/keys`,
      token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
      response_types_supported: ['code'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
    }
    return { status: 200, json }
  }

  /** Only administrators may use Graph and Resource Manager, each with a token for it. */
  async #administered({ authorization = '' }: AzureRequest, graph: boolean): Promise<AzureTenant> {
    const token = authorization.replace(/^Bearer /, '')
    const claims = await this.#tokens.verify(token, new Date(this.#world.now()))
    const tenant = claims === undefined ? undefined : this.#tenants.get(claims.tenant)
    const fits = audiences.test(claims?.audience ?? '') && /graph/.test(claims?.audience ?? '') === graph
    if (claims === undefined || tenant === undefined || !fits)
      throw new AzureFault(
        401,
        'InvalidAuthenticationToken',
        'Access token validation failure. Invalid audience, signature or time.',
      )
    if (this.administrators.has(claims.clientId)) return tenant
    const message = `The client '${claims.clientId}' with object id '${claims.principalId}' does not have authorization to perform this action.`
    throw new AzureFault(403, graph ? 'Authorization_RequestDenied' : 'AuthorizationFailed', message)
  }

  #answerTo(error: unknown): AzureAnswer {
    if (error instanceof EntraFault) return entraAnswer(error, new Date(this.#world.now()))
    if (error instanceof AzureFault) {
      const { status, code, message, headers } = error
      return { status, json: { error: { code, message } }, headers }
    }
    const message = error instanceof Error ? error.message : String(error)
    return {
      status: 500,
      json: { error: { code: 'InternalServerError', message: `A fault of the sandbox: ${message}` } },
    }
  }
}

/** The body as Entra writes it: everything twice, once for people and once for programs. */
function entraAnswer({ aadsts, error, message, status, headers }: EntraFault, now: Date): AzureAnswer {
  const [traceId, correlationId] = [randomUUID(), randomUUID()]
  const timestamp = now
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z')
  const json = {
    error,
    error_description: `AADSTS${aadsts}: ${message} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
    error_codes: [Number(aadsts)],
    timestamp,
    trace_id: traceId,
    correlation_id: correlationId,
    error_uri: `https://login.microsoftonline.com/error?code=${aadsts}`,
  }
  return { status, json, headers }
}

function send(response: ServerResponse, { status, json, headers }: AzureAnswer): void {
  const body = json === undefined ? '' : JSON.stringify(json)
  response.writeHead(status, {
    ...(body === '' ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    'content-length': Buffer.byteLength(body),
    'request-id': randomUUID(),
    'x-ms-correlation-request-id': randomUUID(),
    ...headers,
  })
  response.end(body)
}
