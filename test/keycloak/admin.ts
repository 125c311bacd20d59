/** The few calls of Keycloak's Admin REST API that a test realm needs. */
export class KeycloakAdmin {
  readonly #url: string
  readonly #credentials: { readonly username: string; readonly password: string }
  #token: { value: string; until: number } | undefined

  constructor(url: string, credentials: { username: string; password: string }) {
    this.#url = url
    this.#credentials = credentials
  }

  async get(path: string): Promise<unknown> {
    return (await this.#send('GET', path)).json()
  }

  /** Creates an object and returns its id, the last part of `Location`. */
  async create(path: string, body: unknown): Promise<string> {
    const answer = await this.#send('POST', path, body)
    return answer.headers.get('location')?.split('/').at(-1) ?? ''
  }

  /** Posts a question, and gives its answer. */
  async ask(path: string): Promise<unknown> {
    return (await this.#send('POST', path)).json()
  }

  async put(path: string, body?: unknown): Promise<void> {
    await this.#send('PUT', path, body)
  }

  async delete(path: string): Promise<void> {
    await this.#send('DELETE', path)
  }

  async #send(method: string, path: string, body?: unknown): Promise<Response> {
    const answer = await fetch(`${this.#url}/admin/realms${path}`, {
      method,
      headers: { authorization: `Bearer ${await this.#accessToken()}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`Keycloak: ${method} ${path} answered ${answer.status}: ${await answer.text()}`)
    return answer
  }

  async #accessToken(): Promise<string> {
    if (this.#token !== undefined && this.#token.until > Date.now()) return this.#token.value
    const answer = await fetch(`${this.#url}/realms/master/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', ...this.#credentials }),
    })
    if (!answer.ok) throw new Error(`Keycloak: the login was answered ${answer.status}: ${await answer.text()}`)
    const value = stringField(await answer.json(), 'access_token')
    // An administrator's token lives for a minute.
    this.#token = { value, until: Date.now() + 40_000 }
    return value
  }
}

/** A string member of a JSON answer. */
export function stringField(value: unknown, name: string): string {
  const field = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
  if (typeof field !== 'string') throw new Error(`Keycloak's answer has no ${name}.`)
  return field
}
