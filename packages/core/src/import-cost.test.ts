import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const program = `
  const { clientCredentials, clientSecret } = await import(process.argv[1])
  const loaded = () => process.moduleLoadList.filter((name) => /undici/.test(name))
  const afterImport = loaded()
  const source = clientCredentials({ issuer: process.argv[2], clientId: 'billing', auth: clientSecret({ value: 'x' }) })
  const token = await source.getToken()
  console.log(JSON.stringify({ afterImport, afterToken: loaded(), expiresAt: token.expiresAt }))
`

describe('@federate/core', () => {
  it('never loads undici: not at import, not for a token', async () => {
    const server = createServer((request, response) => {
      const issuer = `http://${request.headers.host}`
      response.setHeader('content-type', 'application/json')
      if (request.method === 'GET') response.end(JSON.stringify({ issuer, token_endpoint: `${issuer}/token` }))
      else response.end(JSON.stringify({ access_token: 'opaque', token_type: 'Bearer', expires_in: 300 }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    try {
      const core = new URL('./index.ts', import.meta.url).href
      const issuer = `http://127.0.0.1:${address.port}`
      // Vitest's own options would load its modules into the child.
      const { NODE_OPTIONS: _, ...env } = process.env
      const parameters = [
        '--experimental-strip-types',
        '--no-warnings',
        '--input-type=module',
        '--eval',
        program,
        core,
        issuer,
      ]
      const { stdout } = await promisify(execFile)(process.execPath, parameters, { env })
      expect(JSON.parse(stdout)).toEqual({ afterImport: [], afterToken: [], expiresAt: expect.any(String) })
    } finally {
      server.close()
    }
  })
})
