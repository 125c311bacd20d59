import { FederateError } from '@federate/core'
import { describe, expect, it } from 'vitest'
import { type ServiceFlags, serviceFromFlags } from './service-flags.ts'

const url = 'https://issuer.example.com'
const auth = (flags: ServiceFlags) => serviceFromFlags({ clientId: 'billing', ...flags }, url).auth

describe('serviceFromFlags', () => {
  it.each<[ServiceFlags, unknown]>([
    [{ secretFile: 's' }, { method: 'client_secret_basic', secret: { file: 's' } }],
    [
      { secretEnv: 'S', auth: 'client_secret_post' },
      { method: 'client_secret_post', secret: { env: 'S' } },
    ],
    [
      { secretEnv: 'S', auth: 'client_secret_jwt', algorithm: 'HS512' },
      { method: 'client_secret_jwt', secret: { env: 'S' }, algorithm: 'HS512' },
    ],
    [{ keyFile: 'k' }, { method: 'private_key_jwt', key: { file: 'k' } }],
    [
      { keyFile: 'k', keyId: 'one', algorithm: 'PS256', passphraseEnv: 'P' },
      { method: 'private_key_jwt', key: { file: 'k' }, passphrase: { env: 'P' }, keyId: 'one', algorithm: 'PS256' },
    ],
    [
      { keyFile: 'k', certificateFile: 'c', passphraseFile: 'p' },
      { method: 'tls_client_auth', certificate: { file: 'c' }, key: { file: 'k' }, passphrase: { file: 'p' } },
    ],
    [
      { keyFile: 'k', certificateFile: 'c', auth: 'private_key_jwt', assertionAudience: 'token_endpoint' },
      { method: 'private_key_jwt', key: { file: 'k' }, certificate: { file: 'c' }, audience: 'token_endpoint' },
    ],
    [{ jwtFile: 'j' }, { method: 'jwt_file', file: 'j' }],
  ])('makes of %j how the client proves itself', (flags, expected) => {
    expect(auth(flags)).toEqual(expected)
  })

  it('makes the issuer whole', () => {
    const flags: ServiceFlags = {
      clientId: 'billing',
      secretFile: 's',
      kind: 'oidc',
      audienceAs: 'audience',
      parameter: ['organization=acme', 'hint=a=b'],
      ca: 'ca.pem',
    }
    expect(serviceFromFlags(flags, url).issuer).toEqual({
      url,
      kind: 'oidc',
      audienceAs: 'audience',
      parameters: { organization: 'acme', hint: 'a=b' },
      ca: 'ca.pem',
    })
  })

  it.each<[string, ServiceFlags, string]>([
    ['FLAG_MISSING', {}, '--issuer was given without --secret-file, --secret-env, --key-file or --jwt-file.'],
    ['FLAG_INVALID', { secretFile: 's', parameter: ['canary'] }, '--parameter was given without a name or a value.'],
    ['FLAG_INVALID', { secretFile: 's', parameter: ['grant_type=canary'] }, '--parameter was given for grant_type'],
    [
      'FLAGS_CONTRADICT',
      { service: 'billing' },
      '--service billing names a service file, and --issuer stands instead of one.',
    ],
    ['FLAG_MISSING', { secretFile: 's', clientId: '' }, '--issuer was given without --client-id.'],
    [
      'FLAGS_CONTRADICT',
      { secretFile: 's', audienceAs: 'resource' },
      '--audience-as resource was given for a Keycloak',
    ],
    ['FLAGS_CONTRADICT', { secretFile: 's', keyFile: 'k' }, '--secret-file and --key-file were given together'],
    ['FLAG_MISSING', { auth: 'private_key_jwt' }, '--issuer was given without --key-file.'],
    ['FLAG_MISSING', { auth: 'client_secret_jwt' }, '--issuer was given without --secret-file or --secret-env.'],
    ['FLAG_MISSING', { auth: 'tls_client_auth', keyFile: 'k' }, '--issuer was given without --certificate-file.'],
    ['FLAG_MISSING', { certificateFile: 'c' }, '--issuer was given without --key-file.'],
    [
      'FLAGS_CONTRADICT',
      { secretFile: 's', auth: 'private_key_jwt' },
      '--secret-file means nothing for a client that proves itself by private_key_jwt.',
    ],
    [
      'FLAGS_CONTRADICT',
      { secretFile: 's', keyId: 'one', certificateFile: 'c' },
      '--key-id and --certificate-file mean nothing for a client that proves itself by client_secret_basic.',
    ],
    ['FLAGS_CONTRADICT', { jwtFile: 'j', algorithm: 'PS256' }, '--algorithm means nothing'],
  ])('throws %s', (code, flags, problem) => {
    try {
      auth(flags)
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(FederateError)
      expect(error).toMatchObject({ code, outcome: 'usage', problem: expect.stringContaining(problem) })
      expect(String(error)).not.toContain('canary')
    }
  })
})
