import type { IncomingMessage } from 'node:http'

/** What an endpoint looks at of a request's headers. */
export interface SeenHeaders {
  /** The first Host, and how many there are. */
  readonly host: string
  readonly hosts: number
  /** What stands in the header for the secret, if it stands there once. */
  readonly secret: string | undefined
  /** Whether there is what browsers add to the requests of pages, and what proxies add. */
  readonly ofPage: boolean
  readonly ofProxy: boolean
  readonly withBody: boolean
}

/**
 * Looks through the headers once.
 *
 * Node's own `headers` joins some that stand twice, drops others, and makes all of them for the few that are looked at
 * here; an endpoint that answers thirty thousand times a second notices.
 *
 * @param secretHeader the name of the one that holds the secret, in small letters.
 */
export function seenHeaders({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>, secretHeader?: string): SeenHeaders {
  let [host, hosts, secret, secrets] = ['', 0, '', 0]
  let [ofPage, ofProxy, withBody] = [false, false, false]
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase()
    const value = rawHeaders[index + 1] ?? ''
    if (name === secretHeader) {
      secret = value
      secrets += 1
    } else if (name === 'host') {
      if (hosts === 0) host = value
      hosts += 1
    } else if (name === 'origin' || name === 'sec-fetch-site') ofPage = true
    else if (name === 'x-forwarded-for' || name === 'forwarded') ofProxy = true
    else if (name === 'content-length' || name === 'transfer-encoding') withBody = true
  }
  return { host, hosts, secret: secrets === 1 ? secret : undefined, ofPage, ofProxy, withBody }
}
