import type { IncomingMessage, ServerResponse } from 'node:http'
import { FederateError, type Fetch, type Now } from '@federate/core'
import { generateAccessToken, generateIdToken } from './credentials.ts'
import { Delayed, type Propagation } from './delayed.ts'
import { type GcpFaults, PlannedFaults, plannedDenial, throttled, unavailable } from './faults.ts'
import { GoogleFault, permissionDenied, StsFault, serviceDisabled, unauthenticated } from './google-fault.ts'
import { Operations } from './operations.ts'
import { type GoogleRequest, readRequest } from './request.ts'
import { routes } from './routes.ts'
import { apis, newPolicy, type Project } from './state.ts'
import { exchangeToken } from './sts.ts'
import { AccessTokens } from './tokens.ts'
import type { World } from './world.ts'

export interface GcpOptions {
  /** The projects that exist, by id. */
  readonly projects: readonly string[]
  readonly now: Now
  /** Reaches the issuers: discovery and keys. */
  readonly fetch: Fetch
}

/** Google's STS, IAM, IAM credentials, Resource Manager and Service Usage, behind one address. */
export interface GcpSandbox {
  handle(request: IncomingMessage, response: ServerResponse): void
  /** An access token of an administrator of all projects, for an hour. */
  adminToken(): string
  /** A project's state, by its id. @throws FederateError `SANDBOX_PROJECT_UNKNOWN` */
  project(id: string): Project
  readonly faults: GcpFaults
  /** The methods that were called, oldest first; the last ten thousand. */
  readonly requests: readonly string[]
}

const keptRequests = 10_000
const day = 24 * 3_600_000
const testablePermissions = 'projects.testIamPermissions'

export class GoogleServer implements GcpSandbox {
  readonly requests: string[] = []
  readonly faults: GcpFaults
  readonly #world: World
  readonly #operations = new Operations()

  constructor({ projects, now, fetch }: GcpOptions) {
    const propagation: Propagation = { delay: 0 }
    const faults = new PlannedFaults()
    this.#world = {
      projects: projects.map((id, index) => newProject(id, index, now, propagation)),
      now,
      fetch,
      propagation,
      faults,
      tokens: new AccessTokens(now),
      operation: (resource, response) => this.#operations.start(resource, response),
    }
    this.faults = {
      denyNext: (method, count = 1) => faults.add(method, count, plannedDenial(method)),
      throttleNext: (method, count = 1) => faults.add(method, count, throttled()),
      failNext: (method, count = 1) => faults.add(method, count, unavailable()),
      conflictNext: (count = 1) => faults.setConflicts(count),
      propagationDelay: (milliseconds) => {
        propagation.delay = milliseconds
      },
    }
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    void this.#answer(request, response)
  }

  adminToken(): string {
    return this.#world.tokens.issue({ kind: 'administrator', expiresAt: this.#world.now() + day })
  }

  project(id: string): Project {
    const found = this.#world.projects.find((project) => project.id === id)
    if (found !== undefined) return found
    throw new FederateError({
      code: 'SANDBOX_PROJECT_UNKNOWN',
      outcome: 'usage',
      problem: `The sandbox has no Google project ${id}, only ${this.#world.projects.map((project) => project.id).join(', ')}.`,
      next: 'Start the sandbox with this project.',
    })
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      send(response, 200, await this.#dispatch(await readRequest(request)))
    } catch (error) {
      const known = error instanceof GoogleFault || error instanceof StsFault
      // Anything else is a fault of the sandbox: what it says could hold a token, so nothing of it is sent.
      const fault = known ? error : new GoogleFault('INTERNAL', 'The sandbox failed.')
      send(response, fault.httpStatus, fault.body())
    }
  }

  async #dispatch(request: GoogleRequest): Promise<object> {
    if (request.method === 'POST' && request.path === 'v1/token') {
      this.#begin('sts.token')
      return exchangeToken(request, this.#world)
    }
    const [, email, verb] = /^v1\/projects\/-\/serviceAccounts\/([^/:]+):(generate\w+)$/.exec(request.path) ?? []
    if (request.method === 'POST' && email !== undefined) return this.#credentials(email, verb ?? '', request)
    const [, tested] = /^v3\/projects\/([^/:]+):testIamPermissions$/.exec(request.path) ?? []
    if (request.method === 'POST' && tested !== undefined) return this.#testPermissions(request)
    return this.#administer(request)
  }

  #credentials(email: string, verb: string, request: GoogleRequest): object | Promise<object> {
    this.#begin(`serviceAccounts.${verb}`)
    if (verb === 'generateAccessToken') return generateAccessToken(email, request, this.#world)
    if (verb === 'generateIdToken') return generateIdToken(email, request, this.#world)
    throw noMethod()
  }

  /** Tells whose token it is by answering at all; who is no administrator has no permission here. */
  #testPermissions({ bearer, body }: GoogleRequest): object {
    this.#begin(testablePermissions)
    const who = this.#world.tokens.find(bearer)
    if (who === undefined) throw unauthenticated()
    return who.kind === 'administrator' ? { permissions: body['permissions'] } : {}
  }

  #administer(request: GoogleRequest): object | Promise<object> {
    const operation = /^v1\/(.+\/operations\/[^/]+)$/.exec(request.path)?.[1]
    if (operation !== undefined && request.method === 'GET') {
      this.#begin('operations.get')
      this.#authenticate(request, 'operations.get')
      return this.#operations.get(operation)
    }
    for (const { name, api, method, path, run } of routes) {
      const groups = request.method === method ? path.exec(request.path)?.groups : undefined
      if (groups === undefined) continue
      this.#begin(name)
      this.#authenticate(request, name)
      const project = this.#projectOf(groups, name)
      if (!project.enabledServices.has(api)) throw serviceDisabled(api, apis[api] ?? api, project.number)
      return run({ ...groups, project }, request, this.#world)
    }
    throw noMethod()
  }

  #begin(method: string): void {
    this.requests.push(method)
    if (this.requests.length > keptRequests) this.requests.shift()
    this.#world.faults.apply(method)
  }

  #authenticate({ bearer }: GoogleRequest, method: string): void {
    const who = this.#world.tokens.find(bearer)
    if (who === undefined) throw unauthenticated()
    if (who.kind !== 'administrator') throw permissionDenied(method, 'the resource')
  }

  /** A path names a project by its id or its number; `-` is any, where an email address says whose. */
  #projectOf({ project, email }: Readonly<Record<string, string>>, method: string): Project {
    const matches = ({ id, number, serviceAccounts }: Project) =>
      project === '-' ? serviceAccounts.has(email ?? '') : project === id || project === number
    const found = this.#world.projects.find(matches)
    if (found === undefined) throw permissionDenied(method, `projects/${project}`)
    return found
  }
}

function newProject(id: string, index: number, now: Now, propagation: Propagation): Project {
  return {
    id,
    number: String(415_104_041_262 + index),
    pools: new Map(),
    serviceAccounts: new Map(),
    policy: new Delayed(newPolicy([{ role: 'roles/owner', members: ['user:admin@example.com'] }]), now, propagation),
    enabledServices: new Set(Object.keys(apis)),
  }
}

function noMethod(): GoogleFault {
  return new GoogleFault('NOT_FOUND', 'Method not found.')
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8', 'cache-control': 'private' })
  response.end(JSON.stringify(body))
}
