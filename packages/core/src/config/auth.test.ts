import { describe, expect, it } from 'vitest'
import { parseServiceFile } from '../service-file/service-file.ts'
import { formatServiceFile } from '../service-file/service-file-format.ts'
import { parseFederateFile } from './federate-file.ts'

function parse(auth: string, issuer = '') {
  const text = `version: 1
owner: acme
issuers: { main: { url: https://i.example, kind: oidc${issuer} } }
services: { billing: { subject: billing, auth: ${auth} } }
`
  return parseFederateFile(text, { path: '/acme/federate.yaml', targetSchemas: new Map() })
}

const problems = (auth: string, issuer = ''): string => {
  try {
    parse(auth, issuer)
  } catch (error) {
    return String(error)
  }
  throw new Error('nothing was refused')
}

describe('auth', () => {
  it.each([
    ['{ method: client_secret_jwt, secret: { env: S }, algorithm: HS512, audience: token_endpoint }'],
    ['{ method: private_key_jwt, key: { file: k }, passphrase: { env: P }, keyId: one, algorithm: PS384 }'],
    ['{ method: private_key_jwt, key: { file: k }, certificate: { file: c }, audience: token_endpoint }'],
    ['{ method: tls_client_auth, certificate: { file: c }, key: { file: k }, passphrase: { file: p } }'],
    ['{ method: jwt_file, file: /run/assertion }'],
    ['{ method: token_file, file: /run/token }'],
    ['{ method: token_env, env: CI_TOKEN }'],
    ['{ method: token_command, command: [print-token, --fast], timeout: 5 }'],
    ['{ method: github_actions }'],
  ])('%s is read, and goes through a service file unchanged', (text) => {
    const [service] = parse(text, ', audienceAs: audience, parameters: { organization: acme }, ca: ca.pem').services
    if (service === undefined) throw new Error('no service')
    const { issuer, auth, clientId } = service
    const file = { version: 1, service: 'billing', issuer, clientId, auth, targets: {} } as const
    expect(parseServiceFile(formatServiceFile(file), 'billing.federate.json')).toEqual(file)
    expect(issuer).toMatchObject({ parameters: { organization: 'acme' }, ca: 'ca.pem' })
  })

  it.each([
    ['{ method: client_secret_jwt, secret: { env: S }, algorithm: RS256 }', '"HS256", "HS384" or "HS512"'],
    [
      '{ method: private_key_jwt, key: { file: k }, passphrase: canary-passphrase }',
      'a secret does not belong in federate.yaml',
    ],
    ['{ method: tls_client_auth, certificate: { file: c } }', 'auth.key'],
    ['{ method: token_command, command: [] }', 'auth.command'],
    ['{ method: token_command, command: [a], timeout: 0 }', 'auth.timeout'],
    ['{ method: token_env, env: "a b" }', 'the name of an environment variable'],
    ['{ method: github_actions, secret: { env: S } }', 'unknown key'],
  ])('%s is refused', (text, says) => {
    const message = problems(text)
    expect(message).toContain(says)
    expect(message).not.toContain('canary')
  })

  it('a parameter that federate sets itself is refused', () => {
    const message = problems('{ method: github_actions }', ', parameters: { grant_type: password }')
    expect(message).toContain('expected another name: federate sets this parameter itself')
  })
})
