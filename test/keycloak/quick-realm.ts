import { generateKeyPairSync } from 'node:crypto'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

/**
 * A realm that brings its signing key along. Keycloak would make two RSA keys, which costs it more than all that a test
 * asks of the realm; for tests in which the realm's keys and their rotation do not matter.
 */
export function quickRealm(realm: string): object {
  const priority = ['100']
  const provider = (providerId: string, config: object) => ({ name: providerId, providerId, config })
  const providers = [
    provider('rsa', { priority, privateKey: [privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()] }),
    provider('hmac-generated', { priority, algorithm: ['HS512'] }),
    provider('aes-generated', { priority }),
  ]
  return { realm, enabled: true, sslRequired: 'external', components: { 'org.keycloak.keys.KeyProvider': providers } }
}
