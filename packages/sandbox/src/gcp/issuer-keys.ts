import { type Fetch, sendRequest, tryJsonObject } from '@federate/core'

const peer = { prefix: 'ISSUER', name: 'the issuer' }
const timeout = 5

/** The JWKS that an issuer publishes, as text; `undefined` when it cannot be had: why stays between Google and the issuer. */
export async function keysOfIssuer(issuer: string, fetch: Fetch): Promise<string | undefined> {
  try {
    const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
    const discovery = await sendRequest({ fetch, peer, method: 'GET', url, timeout })
    const document = discovery.status === 200 ? tryJsonObject(discovery) : undefined
    const jwksUri = document?.['issuer'] === issuer ? document['jwks_uri'] : undefined
    if (typeof jwksUri !== 'string') return undefined
    const keys = await sendRequest({ fetch, peer, method: 'GET', url: jwksUri, timeout })
    return keys.status === 200 ? keys.body : undefined
  } catch {
    return undefined
  }
}
