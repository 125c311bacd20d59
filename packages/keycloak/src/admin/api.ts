import { type CallContext, type HttpAnswer, type Sleep, sendRequest, sleep, withRetries } from '@federate/core'
import { adminLogin, type RealmPlace } from './access.ts'
import { type AdminCall, adminRefusal } from './errors.ts'
import { AdminSession } from './session.ts'

/** Bytes: a page of a hundred clients with long claims stays far below. */
const maximumBytes = 50_000_000
const timeout = 60

/**
 * The Admin REST API of one realm: authorised, renewed, and every refusal explained.
 *
 * What only reads is asked again when the server stumbles (429, 5xx, a broken connection): Keycloak answers 500 now and
 * then to one of several questions at once. What writes is not, for it may have been done.
 */
export class AdminApi {
  readonly place: RealmPlace
  readonly #context: CallContext
  readonly #session: AdminSession
  readonly #sleep: Sleep

  constructor(place: RealmPlace, context: CallContext, wait: Sleep = sleep) {
    this.place = place
    this.#context = context
    this.#sleep = wait
    const login = adminLogin(context.env, place)
    this.#session = new AdminSession({ base: place.base, login, fetch: context.fetch, now: context.now })
  }

  /** What is there; `undefined` for 404, except where the realm itself is asked for. */
  async find(path: string, signal: AbortSignal): Promise<unknown> {
    const answer = await this.#read(path, signal, path === '' ? [] : [404])
    return answer.status === 404 ? undefined : JSON.parse(answer.body)
  }

  async get(path: string, signal: AbortSignal): Promise<unknown> {
    return JSON.parse((await this.#read(path, signal)).body)
  }

  /** Creates an object; gives the last part of its address, which for most kinds is its id. */
  async create(path: string, json: unknown, signal: AbortSignal): Promise<string> {
    const answer = await this.#call({ method: 'POST', path }, json, signal)
    return answer.header('location')?.split('/').at(-1) ?? ''
  }

  /** Calls for what is answered with an object, such as a new secret. */
  async ask(path: string, json: unknown, signal: AbortSignal): Promise<unknown> {
    return JSON.parse((await this.#call({ method: 'POST', path }, json, signal)).body)
  }

  async put(path: string, json: unknown, signal: AbortSignal): Promise<void> {
    await this.#call({ method: 'PUT', path }, json, signal)
  }

  /** What is gone already is gone. */
  async delete(path: string, json: unknown, signal: AbortSignal): Promise<void> {
    await this.#call({ method: 'DELETE', path }, json, signal, [404])
  }

  /** The server's version, where this administrator may see it. */
  async version(signal: AbortSignal): Promise<string | undefined> {
    const answer = await this.#request({ method: 'GET', path: '' }, '/admin/serverinfo', undefined, signal)
    if (answer.status !== 200) return undefined
    const { systemInfo } = JSON.parse(answer.body)
    return typeof systemInfo?.version === 'string' ? systemInfo.version : undefined
  }

  #read(path: string, signal: AbortSignal, also: readonly number[] = []): Promise<HttpAnswer> {
    const retry = { sleep: this.#sleep, random: Math.random, now: this.#context.now, signal }
    return withRetries(() => this.#call({ method: 'GET', path }, undefined, signal, also), retry)
  }

  /** @param also statuses that are answers, too, beside those of success */
  async #call(call: AdminCall, json: unknown, signal: AbortSignal, also: readonly number[] = []): Promise<HttpAnswer> {
    const answer = await this.#send(call, json, signal)
    if ((answer.status >= 200 && answer.status < 300) || also.includes(answer.status)) return answer
    throw adminRefusal(call, this.place.realm, answer)
  }

  #send(call: AdminCall, json: unknown, signal: AbortSignal): Promise<HttpAnswer> {
    return this.#request(call, `/admin/realms/${encodeURIComponent(this.place.realm)}${call.path}`, json, signal)
  }

  async #request({ method }: AdminCall, path: string, json: unknown, signal: AbortSignal): Promise<HttpAnswer> {
    const url = `${this.place.base}${path}`
    const send = async () => {
      const headers = { authorization: `Bearer ${await this.#session.accessToken(signal)}` }
      const { fetch } = this.#context
      return sendRequest({ fetch, signal, method, url, headers, json, maximumBytes, timeout })
    }
    const answer = await send()
    if (answer.status !== 401) return answer
    // The session may have been ended at the server: one new login tells.
    this.#session.forget()
    return send()
  }
}
