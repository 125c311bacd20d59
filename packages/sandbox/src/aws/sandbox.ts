import type { IncomingMessage, ServerResponse } from 'node:http'
import { FederateError, type Fetch, type Now } from '@federate/core'
import { type AccessKey, AccessKeys, type Caller } from './access-keys.ts'
import { type Service, sendFault, sendResult, serviceOf, services } from './answer.ts'
import { authenticate } from './authenticate.ts'
import { FaultInjection, type Faults } from './fault-injection.ts'
import { iamActions } from './iam/index.ts'
import { Issuers } from './issuers.ts'
import { Parameters } from './parameters.ts'
import { faults, QueryFault } from './query-fault.ts'
import { readBody } from './read-body.ts'
import type { SignedRequest } from './signature-v4.ts'
import { type Account, newAccount } from './state.ts'
import { assumeRole } from './sts/assume-role.ts'
import { assumeRoleWithWebIdentity } from './sts/assume-role-with-web-identity.ts'
import type { XmlRecord } from './xml.ts'

export interface AwsOptions {
  /** The accounts that exist, 12 digits each; those given by their number alone are in the partition `aws`. */
  readonly accounts: readonly (string | Pick<Account, 'id' | 'partition'>)[]
  readonly now: Now
  /** Reaches the issuers: discovery and keys. */
  readonly fetch: Fetch
  /** The only region that signatures may name. Default: any. */
  readonly region?: string
}

/** One call that arrived, counted before anything else happens to it. */
export interface RecordedRequest {
  readonly action: string
  /** Of the caller; absent for unsigned calls and for those whose signature did not hold. */
  readonly account?: string
}

/** IAM and STS over the Query protocol. */
export interface AwsSandbox {
  /** Answers one HTTP request. `request.url` must be as the client signed it. */
  handle(request: IncomingMessage, response: ServerResponse): void
  /** Keys of the user `sandbox-admin`. @throws FederateError `SANDBOX_ACCOUNT_UNKNOWN` */
  adminCredentials(account: string): { readonly accessKeyId: string; readonly secretAccessKey: string }
  readonly faults: Faults
  /** All calls so far, oldest first; the last ten thousand. */
  readonly requests: readonly RecordedRequest[]
  /** An account's state, to look at and to change behind everyone's back. @throws FederateError `SANDBOX_ACCOUNT_UNKNOWN` */
  account(id: string): Account
}

const keptRequests = 10_000

export class QueryServer implements AwsSandbox {
  readonly faults = new FaultInjection()
  readonly requests: RecordedRequest[] = []
  readonly #accounts: ReadonlyMap<string, Account>
  readonly #admins: ReadonlyMap<string, AccessKey>
  readonly #keys = new AccessKeys()
  readonly #issuers: Issuers
  readonly #options: AwsOptions

  constructor(options: AwsOptions) {
    this.#options = options
    const accounts = options.accounts.map((one) =>
      typeof one === 'string' ? newAccount(one) : newAccount(one.id, one.partition),
    )
    this.#accounts = new Map(accounts.map((account) => [account.id, account]))
    this.#admins = new Map(accounts.map((account) => [account.id, this.#keys.addAdmin(account)]))
    this.#issuers = new Issuers(options.fetch, options.now)
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    void this.#answer(request, response)
  }

  adminCredentials(account: string): { readonly accessKeyId: string; readonly secretAccessKey: string } {
    const { accessKeyId, secretAccessKey } = this.#admins.get(account) ?? this.#unknownAccount(account)
    return { accessKeyId, secretAccessKey }
  }

  account(id: string): Account {
    return this.#accounts.get(id) ?? this.#unknownAccount(id)
  }

  #unknownAccount(id: string): never {
    throw new FederateError({
      code: 'SANDBOX_ACCOUNT_UNKNOWN',
      outcome: 'usage',
      problem: `The sandbox has no AWS account ${id}, only ${[...this.#accounts.keys()].join(', ')}.`,
      next: 'Start the sandbox with this account.',
    })
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let service: Service = services['2011-06-15']
    try {
      const body = await readBody(request)
      const parameters = new Parameters(Buffer.from(body).toString('utf8'))
      service = serviceOf(parameters.text('Version')) ?? service
      const action = actionOf(request, parameters)
      const result = await this.#dispatch(service, action, parameters, signedRequest(request, body))
      sendResult(response, service, action, result)
    } catch (error) {
      // Anything else is a fault of the sandbox: what it says could hold a token, so nothing of it is sent.
      const fault = error instanceof QueryFault ? error : new QueryFault('InternalFailure', 'The sandbox failed.', 500)
      sendFault(response, service, fault)
    }
  }

  async #dispatch(
    service: Service,
    action: string,
    parameters: Parameters,
    request: SignedRequest,
  ): Promise<XmlRecord | undefined> {
    const unsigned = service.name === 'sts' && action === 'AssumeRoleWithWebIdentity'
    const caller = unsigned ? undefined : this.#identify(service, action, request)
    this.#record(action, caller)
    await this.faults.apply(action)
    if (caller === undefined) return this.#assume(parameters)
    if (service.name === 'sts') return this.#answerSts(action, parameters, caller)
    return this.#administer(action, parameters, caller)
  }

  /** A call with a wrong signature counts too. */
  #identify(service: Service, action: string, request: SignedRequest): Caller {
    try {
      const { region, now } = this.#options
      return authenticate(request, { keys: this.#keys, service: service.name, region, now: now() })
    } catch (error) {
      this.#record(action, undefined)
      throw error
    }
  }

  #record(action: string, caller: Caller | undefined): void {
    this.requests.push({ action, ...(caller === undefined ? {} : { account: caller.account }) })
    if (this.requests.length > keptRequests) this.requests.shift()
  }

  #assume(parameters: Parameters): Promise<XmlRecord> {
    const { now } = this.#options
    return assumeRoleWithWebIdentity(parameters, {
      accounts: this.#accounts,
      keys: this.#keys,
      issuers: this.#issuers,
      now,
    })
  }

  #answerSts(action: string, parameters: Parameters, caller: Caller): XmlRecord {
    if (action !== 'AssumeRole') return identity(action, caller)
    return assumeRole(parameters, caller, { accounts: this.#accounts, keys: this.#keys, now: this.#options.now })
  }

  async #administer(action: string, parameters: Parameters, caller: Caller): Promise<XmlRecord | undefined> {
    const run = iamActions.get(action)
    if (run === undefined) throw invalidAction(action)
    if (caller.kind !== 'admin')
      throw faults.accessDenied(
        `User: ${caller.arn} is not authorized to perform: iam:${action} because no identity-based policy allows the iam:${action} action`,
      )
    const now = new Date(Math.floor(this.#options.now() / 1000) * 1000)
    return run({ account: this.account(caller.account), parameters, issuers: this.#issuers, now })
  }
}

function identity(action: string, caller: Caller): XmlRecord {
  if (action !== 'GetCallerIdentity') throw invalidAction(action)
  return { Arn: caller.arn, UserId: caller.userId, Account: caller.account }
}

function actionOf(request: IncomingMessage, parameters: Parameters): string {
  const action = parameters.text('Action')
  if (request.method !== 'POST' || action === undefined)
    throw new QueryFault('MissingAction', 'The request must contain the parameter Action.')
  if (serviceOf(parameters.text('Version')) === undefined || !/^[A-Za-z]{1,64}$/.test(action))
    throw invalidAction(action)
  return action
}

function invalidAction(action: string): QueryFault {
  return new QueryFault('InvalidAction', `Could not find operation ${action} for the given version.`)
}

function signedRequest(request: IncomingMessage, body: Uint8Array): SignedRequest {
  const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [
    name,
    Array.isArray(value) ? value.join(',') : (value ?? ''),
  ])
  return { method: request.method ?? '', target: request.url ?? '/', headers: Object.fromEntries(headers), body }
}
