import { FederateError, nodeFetch, tlsClientAuth } from '@federate/core'
import { keycloak } from '@federate/keycloak'
import { describe, expect, it } from 'vitest'
import type { Issued, TestAuthority } from '../../packages/core/src/authentication/certificates.test-kit.ts'
import { askToken, basic } from './wire.ts'

/** An issuer that also serves https and asks for certificates, with the clients `certifiedClients`. */
export interface CertificateSubject {
  /** The issuer identifier that core is given. */
  readonly issuer: string
  /** The same realm where certificates are asked for. */
  readonly secureIssuer: string
  /** The same realm without TLS. */
  readonly plainIssuer: string
  /** Of the issuer's certificate and of its clients'. */
  readonly authority: TestAuthority
}

const certificateSubject = 'CN=certified,O=Acme'

/** One has sessions, too. */
export const certifiedClients = [
  { clientId: 'certified', certificateSubject },
  { clientId: 'certified-refreshing', certificateSubject, useRefreshToken: true },
]

const refusal = (error: string, description: string, status = 401) => ({
  status,
  body: { error, error_description: description },
})
const words = 'Invalid client or Invalid client credentials'

/** Certificates as proof of a client (RFC 8705 section 2.1), over a real Keycloak and over the sandbox alike. */
export function certificateSuite(subject: () => CertificateSubject): void {
  const fetch = () => nodeFetch({ ca: { pem: subject().authority.certificate } })
  const source = (clientId: string, { certificate, key }: Issued) =>
    keycloak({
      issuer: subject().issuer,
      clientId,
      auth: tlsClientAuth({ certificate: { value: certificate }, key: { value: key } }),
      fetch: fetch(),
      sleep: async () => {},
    })
  const own = () => subject().authority.issue('certified')

  async function ask(parameters: Record<string, string>, pair?: Issued, headers: Record<string, string> = {}) {
    const answer = await fetch()(`${subject().secureIssuer}/protocol/openid-connect/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams({ grant_type: 'client_credentials', ...parameters }).toString(),
      redirect: 'manual',
      signal: AbortSignal.timeout(10_000),
      ...(pair === undefined ? {} : { clientCertificate: pair }),
    })
    const chunks: Uint8Array[] = []
    for await (const chunk of answer.body ?? []) chunks.push(chunk)
    return { status: answer.status, body: JSON.parse(Buffer.concat(chunks).toString()) }
  }

  describe('tls_client_auth', () => {
    it('is accepted, at the addresses that discovery names for it', async () => {
      const token = await source('certified', own()).getToken()
      expect(token.claims).toMatchObject({ azp: 'certified', iss: subject().issuer })
    })

    it('proves the client where sessions are refreshed and ended and tokens revoked, too', async () => {
      const tokens = source('certified-refreshing', own())
      const first = await tokens.getToken()
      const second = await tokens.getToken({ forceRefresh: true })
      expect(second.claims?.['sid']).toBe(first.claims?.['sid'])
      const kinds = (await tokens.revoke()).map(({ kind, revoked }) => [kind, revoked])
      expect(kinds).toEqual([
        ['refresh_token', true],
        ['access_token', true],
      ])
    })

    it('is refused without a certificate, with one of another name, and with a secret instead', async () => {
      const client = { client_id: 'certified' }
      const other = subject().authority.issue('other')
      expect(await ask(client)).toEqual(refusal('invalid_client', words))
      expect(await ask(client, other)).toEqual(refusal('invalid_client', words))
      expect(await ask({ ...client, client_secret: 'x' })).toEqual(refusal('invalid_client', words))
    })

    it('finds its client by client_id alone', async () => {
      expect((await ask({ client_id: 'certified' }, own())).status).toBe(200)
      expect(await ask({}, own())).toEqual(refusal('invalid_client', words))
      const named = basic({ clientId: 'certified', secret: 'x' })
      expect(await ask({}, own(), named)).toEqual(refusal('invalid_client', 'Missing client_id parameter', 400))
      expect(await ask({}, undefined, named)).toEqual(refusal('invalid_client', 'Missing client_id parameter', 400))
      expect(await ask({ client_id: 'nobody' }, own())).toEqual(refusal('invalid_client', words))
    })

    it('is refused where there is no handshake to present a certificate in', async () => {
      const answer = await askToken(subject().plainIssuer, { client_id: 'certified' })
      expect(answer).toMatchObject(refusal('invalid_client', words))
    })

    it('is told by core with the code for a wrong client, and one of a stranger as a failed handshake', async () => {
      const other = subject().authority.issue('other')
      await expect(source('certified', other).getToken()).rejects.toMatchObject({ code: 'ISSUER_REFUSED_CLIENT' })
      const stranger = subject().authority.stranger().issue('certified')
      const refused = await source('certified', stranger)
        .getToken()
        .catch((error: unknown) => error)
      expect(refused).toBeInstanceOf(FederateError)
      expect(refused).toMatchObject({ code: 'ISSUER_UNREACHABLE', outcome: 'unreachable' })
    })
  })
}
