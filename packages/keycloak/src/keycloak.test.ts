import { clientSecret, type FetchInit, type FetchResponse } from '@federate/core'
import { refusesJunk, thrownBy } from '@federate/core/test-kit'
import { describe, expect, it } from 'vitest'
import { keycloak } from './keycloak.ts'

const issuer = 'https://keycloak.example.com/realms/prod'

function answer(value: unknown): FetchResponse {
  const bytes = new TextEncoder().encode(JSON.stringify(value))
  return {
    status: 200,
    headers: { get: (name) => (name.toLowerCase() === 'content-type' ? 'application/json' : null) },
    body: (async function* () {
      yield bytes
    })(),
  }
}

/** The form that reaches the token endpoint for one request of a caller. */
async function formFor(audience: string): Promise<URLSearchParams> {
  const forms: URLSearchParams[] = []
  const fetch = async (url: string, init: FetchInit) => {
    expect([init.method, url]).toEqual(['POST', `${issuer}/protocol/openid-connect/token`])
    forms.push(new URLSearchParams(init.body))
    return answer({ access_token: 'opaque', expires_in: 300, token_type: 'Bearer' })
  }
  const auth = clientSecret({ value: 'only-for-tests' })
  await keycloak({ issuer, clientId: 'billing', auth, fetch }).getToken({ audience })
  return forms[0] ?? new URLSearchParams()
}

describe('keycloak', () => {
  it('asks for a cloud by its scope', async () => {
    const form = await formFor('sts.amazonaws.com')
    expect(Object.fromEntries(form)).toEqual({ grant_type: 'client_credentials', scope: 'federate-aws' })
  })

  it.each<[object | undefined, string, string]>([
    [undefined, 'OPTION', 'The options of keycloak are missing, expected an object. Give { issuer, clientId, auth }.'],
    [
      { issuer, clientId: 'b' },
      'OPTION',
      'keycloak, auth is missing, expected how the client proves who it is. Give what',
    ],
    [{ clientId: 'b' }, 'OPTION', 'keycloak, issuer is missing, expected a text that is not empty. Correct it where'],
    [{ issuer, clientId: 'b', CA: 'y' }, 'OPTION_UNKNOWN', 'The options of keycloak have the unknown member "CA"; it'],
    [{ issuer, clientId: 'b', client_id: 'b' }, 'OPTION_UNKNOWN', 'it would have no effect. Did you mean "clientId"?'],
    [{ issuer, clientId: 'b', audience: 'b' }, 'OPTION_UNKNOWN', 'unknown member "audience"; it would have no effect.'],
  ])('refuses %o: %s', (options, code, message) => {
    const refusal = { code, outcome: 'usage', message: expect.stringContaining(message) }
    expect(thrownBy(keycloak, [options])).toMatchObject(refusal)
  })

  it('takes any junk for an option or refuses it', async () => {
    const auth = clientSecret({ value: 'only-for-tests' })
    await refusesJunk({ called: keycloak, good: { issuer, clientId: 'billing', auth, scope: ['a'], freshness: {} } })
  })

  it('asks for any other audience by the scope of its name', async () => {
    expect((await formFor('api://orders')).get('scope')).toBe('api://orders')
  })

  it('reads where clients with a certificate ask, which may be elsewhere', async () => {
    const asked: string[] = []
    const fetch = async (url: string) => {
      asked.push(url)
      const token_endpoint = `${issuer}/protocol/openid-connect/token`
      const mtls_endpoint_aliases = { token_endpoint: 'https://mtls.example.com/token' }
      return answer(
        url.endsWith('openid-configuration')
          ? { issuer, token_endpoint, mtls_endpoint_aliases }
          : { access_token: 'opaque', expires_in: 300, token_type: 'Bearer' },
      )
    }
    const clientCertificate = { certificate: 'certificate', key: 'key' }
    const proof = { headers: {}, parameters: {}, secrets: [], clientCertificate }
    const auth = { method: 'tls_client_auth', authenticate: async () => proof, reload: async () => false }
    await keycloak({ issuer, clientId: 'billing', auth, fetch }).getToken()
    expect(asked).toEqual([`${issuer}/.well-known/openid-configuration`, 'https://mtls.example.com/token'])
  })
})
