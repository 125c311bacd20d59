import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { basicScope, createIssuer, nodeHandler, serveOnLoopback } from '@federate/sandbox'
import { afterAll, beforeAll, describe } from 'vitest'
import { TestAuthority } from '../../packages/core/src/authentication/certificates.test-kit.ts'
import { freePorts } from '../keycloak/ports.ts'
import { type CertificateSubject, certificateSuite, certifiedClients } from './certificate.suite.ts'

const folder = mkdtempSync(join(tmpdir(), 'federate-certificates-'))
const authority = new TestAuthority(folder)

describe('the sandbox', () => {
  const closers: (() => Promise<void>)[] = [() => rm(folder, { recursive: true })]
  let started: CertificateSubject | undefined
  beforeAll(async () => {
    const [port, securePort] = await freePorts()
    const [url, secureUrl] = [`http://127.0.0.1:${port}`, `https://localhost:${securePort}`]
    const service = { defaultScopes: [basicScope], optionalScopes: [], claims: {}, accessTokenLifespan: 300 }
    const clients = certifiedClients.map((client) => ({ ...service, ...client }))
    const issuer = await createIssuer({ url, secureUrl, realms: [{ name: 'tested', scopes: [], clients }] })
    const pair = authority.issue('localhost', 'DNS:localhost,IP:127.0.0.1')
    const tls = { ...pair, clientAuthority: authority.certificate }
    for (const options of [{ port }, { port: securePort, tls }]) {
      const server = await serveOnLoopback(nodeHandler(issuer), { ...options, label: 'the tested issuer' })
      closers.push(server.close)
    }
    const [plainIssuer, secureIssuer] = [`${url}/realms/tested`, `${secureUrl}/realms/tested`]
    started = { issuer: plainIssuer, plainIssuer, secureIssuer, authority }
  })
  afterAll(async () => {
    for (const close of closers) await close()
  })
  certificateSuite(() => {
    if (started === undefined) throw new Error('the issuer has not started')
    return started
  })
})
