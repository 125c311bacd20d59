import type { ClientRequest, Agent as HttpAgent, RequestOptions } from 'node:http'
import type { Agent as HttpsAgent, RequestOptions as SecureRequestOptions } from 'node:https'

/** Milliseconds that an idle connection is kept: a server may end it at any time, so the less the better. */
const idleTime = 500

/** The connections of one `Fetch`. The modules are taken when needed: importing them by name would load undici. */
export class Agents {
  #http: HttpAgent | undefined
  #https: HttpsAgent | undefined

  /** Connections that differ in authority or client certificate are never shared: Node's agent looks at them, too. */
  open(url: URL, options: RequestOptions | SecureRequestOptions): ClientRequest {
    if (url.protocol === 'https:') {
      const https = process.getBuiltinModule('node:https')
      this.#https ??= new https.Agent({ keepAlive: true, timeout: idleTime })
      return https.request(url, { ...options, agent: this.#https })
    }
    const http = process.getBuiltinModule('node:http')
    this.#http ??= new http.Agent({ keepAlive: true, timeout: idleTime })
    return http.request(url, { ...options, agent: this.#http })
  }
}
