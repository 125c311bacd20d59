import { expect, it } from 'vitest'
import type { AuthReference } from './service.ts'
import { withMovedPaths } from './service-paths.ts'

const key = { file: 'k.pem' }

it.each<[AuthReference, AuthReference]>([
  [
    { method: 'client_secret_basic', secret: { file: 's' } },
    { method: 'client_secret_basic', secret: { file: 'secret:s' } },
  ],
  [
    { method: 'client_secret_post', secret: { env: 'SECRET' } },
    { method: 'client_secret_post', secret: { env: 'SECRET' } },
  ],
  [
    { method: 'private_key_jwt', key, certificate: { file: 'c.pem' }, passphrase: { file: 'p' } },
    {
      method: 'private_key_jwt',
      key: { file: 'key:k.pem' },
      certificate: { file: 'certificate:c.pem' },
      passphrase: { file: 'passphrase:p' },
    },
  ],
  [
    { method: 'tls_client_auth', key, certificate: { file: 'c.pem' } },
    { method: 'tls_client_auth', key: { file: 'key:k.pem' }, certificate: { file: 'certificate:c.pem' } },
  ],
  [
    { method: 'token_file', file: 't' },
    { method: 'token_file', file: 'file:t' },
  ],
  [{ method: 'github_actions' }, { method: 'github_actions' }],
])('every path of %j is moved, and nothing else', (auth, moved) => {
  expect(withMovedPaths(auth, (path, place) => `${place}:${path}`)).toEqual(moved)
})
