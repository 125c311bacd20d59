import {
  type CallContext,
  FederateError,
  jsonObject,
  type Sleep,
  sendRequest,
  sleep,
  withRetries,
} from '@federate/core'
import { endpoint, type GooglePlace } from '../endpoints.ts'
import { fromAdminAnswer } from '../errors.ts'
import type { AdminCall } from './admin-call.ts'
import type { Authorization } from './authorization.ts'
import { WritePace } from './pace.ts'

export type GoogleObject = Readonly<Record<string, unknown>>

const peer = { prefix: 'GCP', name: 'Google Cloud' }
const timeout = 30
const betweenPolls = 1
const longestOperation = 300

/** Calls Google's administration APIs: the official client for them is hundreds of megabytes, and these are ten calls. */
export class GoogleClient {
  readonly #authorization: Authorization
  readonly #context: CallContext
  readonly #where: GooglePlace
  readonly #sleep: Sleep
  readonly #pace: WritePace

  constructor(authorization: Authorization, context: CallContext, where: GooglePlace, wait: Sleep = sleep) {
    this.#authorization = authorization
    this.#context = context
    this.#where = where
    this.#sleep = wait
    this.#pace = new WritePace(context.now, wait)
  }

  /** @throws FederateError a code of `fromAdminAnswer`, or of `sendRequest` with the prefix GCP. */
  call(call: AdminCall, signal: AbortSignal): Promise<GoogleObject> {
    const retry = { sleep: this.#sleep, random: Math.random, now: this.#context.now, signal }
    return withRetries(() => this.#once(call, signal), retry)
  }

  /** As `call`, for what may not exist. */
  async find(call: AdminCall, signal: AbortSignal): Promise<GoogleObject | undefined> {
    try {
      return await this.call(call, signal)
    } catch (error) {
      if (error instanceof FederateError && error.code === 'GCP_NOT_FOUND') return undefined
      throw error
    }
  }

  /** Reads all pages of a list. */
  async list(call: AdminCall, field: string, signal: AbortSignal): Promise<readonly GoogleObject[]> {
    const items: GoogleObject[] = []
    let token = ''
    do {
      const separator = call.path.includes('?') ? '&' : '?'
      const path = token === '' ? call.path : `${call.path}${separator}pageToken=${encodeURIComponent(token)}`
      const page = await this.call({ ...call, path }, signal)
      const found = page[field]
      for (const item of Array.isArray(found) ? found : []) items.push({ ...item })
      token = typeof page['nextPageToken'] === 'string' ? page['nextPageToken'] : ''
    } while (token !== '')
    return items
  }

  /** Writes to a pool or provider, no faster than Google allows, and waits until the operation is done. */
  async operate(call: AdminCall, signal: AbortSignal): Promise<GoogleObject> {
    await this.#pace.wait(call.project, signal)
    let operation = await this.call(call, signal)
    const deadline = this.#context.now() + longestOperation * 1000
    for (let poll = 0; operation['done'] !== true; poll++) {
      if (this.#context.now() > deadline) throw unfinished(call)
      if (poll > 0) await this.#sleep(betweenPolls, signal)
      const { body: _sent, ...about } = call
      operation = await this.call({ ...about, method: 'GET', path: `v1/${String(operation['name'])}` }, signal)
    }
    const { error } = operation
    if (typeof error === 'object' && error !== null) throw failedOperation({ ...error }, call)
    return operation
  }

  async #once(call: AdminCall, signal: AbortSignal): Promise<GoogleObject> {
    signal.throwIfAborted()
    const headers = await this.#authorization()
    const answer = await sendRequest({
      fetch: this.#context.fetch,
      peer,
      method: call.method,
      url: `${endpoint(call.api, this.#where, this.#context.env)}/${call.path}`,
      headers,
      ...(call.body === undefined ? {} : { json: call.body }),
      secrets: Object.values(headers),
      timeout,
      maximumBytes: 10_000_000,
      signal,
    })
    if (answer.status === 200) return jsonObject(answer)
    throw fromAdminAnswer(answer, call)
  }
}

/** google.rpc.Status, whose `code` is a number. */
function failedOperation(error: GoogleObject, { permission, resource }: AdminCall): FederateError {
  const message = typeof error['message'] === 'string' ? error['message'] : 'no reason was given'
  return new FederateError({
    code: 'GCP_REFUSED',
    outcome: 'refused',
    problem: `Google began ${permission} on ${resource} and could not finish it: ${message.replace(/\.$/, '')}.`,
    next: 'Correct what Google names in federate.yaml and run `federate plan gcp`.',
  })
}

function unfinished({ permission, resource }: AdminCall): FederateError {
  return new FederateError({
    code: 'GCP_OPERATION_UNFINISHED',
    outcome: 'failed',
    problem: `Google began ${permission} on ${resource} and has not finished it within ${longestOperation} seconds.`,
    next: 'Run the command again: it continues where it stopped.',
  })
}
