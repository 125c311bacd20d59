import {
  type CallContext,
  type HttpAnswer,
  jsonObject,
  type Peer,
  type Sleep,
  sendRequest,
  sleep,
} from '@federate/core'
import { type Environment, factsOf, scopeOf } from '../environment.ts'
import { type AdminCall, fromAdminAnswer } from '../errors.ts'
import type { AdminTokens } from './admin-login.ts'
import { type Patience, patiently } from './patience.ts'

type Json = Readonly<Record<string, unknown>>

/** One request to Graph or Resource Manager. */
export interface AdminRequest {
  readonly api: 'graph' | 'resourceManager'
  readonly method: 'GET' | 'PUT' | 'PATCH' | 'DELETE'
  /** From the API's version on for Graph, with `api-version` for Resource Manager; encoded. */
  readonly path: string
  readonly json?: Json
  readonly headers?: Readonly<Record<string, string>>
  /** In a few words, for messages. */
  readonly action: string
  readonly permission: string
}

const peers: Readonly<Record<AdminRequest['api'], Peer & { readonly name: AdminCall['service'] }>> = {
  graph: { prefix: 'AZURE', name: 'Microsoft Graph' },
  resourceManager: { prefix: 'AZURE', name: 'Azure Resource Manager' },
}

/** Where the two are, for clouds that are not Microsoft's own. */
const endpointVariables = {
  graph: 'FEDERATE_AZURE_GRAPH_URL',
  resourceManager: 'FEDERATE_AZURE_RESOURCE_MANAGER_URL',
} as const

/** The REST calls of an administrator in one tenant. */
export class AdminRest {
  readonly tenant: string
  readonly #environment: Environment
  readonly #tokens: AdminTokens
  readonly #context: CallContext
  readonly #sleep: Sleep

  constructor(
    tenant: string,
    options: { environment: Environment; tokens: AdminTokens; context: CallContext; sleep?: Sleep | undefined },
  ) {
    this.tenant = tenant
    this.#environment = options.environment
    this.#tokens = options.tokens
    this.#context = options.context
    this.#sleep = options.sleep ?? sleep
  }

  /** What waiting needs, for callers that wait for more than a single request. */
  patience(signal: AbortSignal): Patience {
    return { now: this.#context.now, sleep: this.#sleep, signal, warn: this.#context.warn }
  }

  /** The object that a request answers with; `undefined` for none (204, or 404 to a GET or DELETE). @throws FederateError of `fromAdminAnswer` */
  async send(request: AdminRequest, signal: AbortSignal): Promise<Json | undefined> {
    return patiently(request.action, () => this.#sendOnce(request, signal), this.patience(signal))
  }

  /** All pages of a list. */
  async list(request: Omit<AdminRequest, 'method'>, signal: AbortSignal): Promise<readonly Json[]> {
    const items: Json[] = []
    let path: string | undefined = request.path
    while (path !== undefined) {
      const page: Json | undefined = await this.send({ ...request, method: 'GET', path }, signal)
      const value = page?.['value']
      if (Array.isArray(value)) items.push(...value.filter(isJson))
      const next = page?.['@odata.nextLink'] ?? page?.['nextLink']
      path = typeof next === 'string' ? next : undefined
    }
    return items
  }

  async #sendOnce(request: AdminRequest, signal: AbortSignal): Promise<Json | undefined> {
    const answer = await this.#ask(request, signal)
    const { status } = answer
    if (status === 204 || (status === 404 && isAbsence(answer, request))) return undefined
    if (status >= 200 && status < 300) return answer.body === '' ? undefined : jsonObject(answer)
    const call = {
      service: peers[request.api].name,
      action: request.action,
      permission: request.permission,
      resource: new URL(answer.url).pathname,
    }
    throw fromAdminAnswer(answer, call, this.#context.now)
  }

  async #ask({ api, method, path, json, headers }: AdminRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const url = this.#url(api, path)
    const token = await this.#tokens(scopeOf(factsOf(this.#environment)[api]), signal)
    return sendRequest({
      fetch: this.#context.fetch,
      peer: peers[api],
      method,
      url,
      headers: { authorization: `Bearer ${token}`, ...headers },
      ...(json === undefined ? {} : { json }),
      secrets: [token],
      timeout: 60,
      maximumBytes: 20_000_000,
      signal,
    })
  }

  /** The link to a next page is absolute; only one of the same service gets the token. */
  #url(api: AdminRequest['api'], path: string): string {
    const named = this.#context.env[endpointVariables[api]]
    const base = (named === undefined || named === '' ? factsOf(this.#environment)[api] : named).replace(/\/+$/, '')
    if (!path.startsWith('https://')) return `${base}${path}`
    if (new URL(path).origin === new URL(base).origin) return path
    throw new TypeError(`a page of ${base} leads to ${new URL(path).origin}`)
  }
}

/** That the object itself is missing is an answer; that something around it is missing is an error. */
function isAbsence(answer: HttpAnswer, { method }: AdminRequest): boolean {
  if (method !== 'GET' && method !== 'DELETE') return false
  return !/SubscriptionNotFound|ResourceGroupNotFound/.test(answer.body)
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
