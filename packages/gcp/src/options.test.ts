import { type OptionCase, refusesJunk, thrownBy } from '@federate/core/test-kit'
import { describe, expect, it } from 'vitest'
import { gcpAuthClient } from './auth-client.ts'

const provider = 'projects/123/locations/global/workloadIdentityPools/federate/providers/prod'
const good = { token: { getToken: async () => {} }, provider }

describe('the options of gcpAuthClient', () => {
  it.each<[unknown, string, string]>([
    [undefined, 'OPTION', 'The options of gcpAuthClient are missing, expected an object. Give { token, … }'],
    [
      { provider },
      'OPTION',
      'gcpAuthClient, token is missing, expected a source of tokens. Give a source of tokens, such',
    ],
    [
      { ...good, token: {} },
      'OPTION',
      'gcpAuthClient, token is an object, expected a source of tokens: it has no function',
    ],
    [
      { token: good.token },
      'OPTION',
      'gcpAuthClient, provider is missing, expected a text that is not empty. Correct it',
    ],
    [
      { ...good, lifetime: 5 },
      'OPTION',
      'gcpAuthClient, lifetime is 5 (a number), expected a whole number from 60 to 43200',
    ],
    [{ ...good, lifetimeSeconds: 60 }, 'OPTION_UNKNOWN', 'have the unknown member "lifetimeSeconds"'],
    [{ ...good, scope: ['x'] }, 'OPTION_UNKNOWN', 'it would have no effect. Did you mean "scopes"?'],
    [{ ...good, scopes: 'x' }, 'OPTION', 'gcpAuthClient, scopes is a text, expected a list of texts.'],
    [{ ...good, scopes: ['a b'] }, 'GCP_SCOPE', 'gcpAuthClient, scopes has "a b", where OAuth scopes without spaces'],
    [
      { ...good, projectId: 5 },
      'OPTION',
      'gcpAuthClient, projectId is 5 (a number), expected a text that is not empty.',
    ],
    [{ ...good, provider: 'keycloak' }, 'GCP_PROVIDER_NAME', 'gcpAuthClient, provider has "keycloak", where'],
    [{ ...good, serviceAccount: 'b' }, 'GCP_SERVICE_ACCOUNT', 'gcpAuthClient, serviceAccount is "b", where an email'],
    [{ ...good, fetch: {} }, 'OPTION', 'gcpAuthClient, fetch is an object, expected a function.'],
  ])('%o: %s', (options, code, message) => {
    const error = thrownBy(gcpAuthClient, [options])
    expect(error).toMatchObject({ code, outcome: 'usage', message: expect.stringContaining(message) })
    expect(error.message).not.toMatch(/service file|--/)
  })

  const one: OptionCase = {
    called: gcpAuthClient,
    good: { ...good, scopes: ['a'], lifetime: 60, projectId: 'p', quotaProject: 'q', universe: 'example.com' },
  }
  it('may be any junk, which is taken or refused', () => refusesJunk(one))
})
