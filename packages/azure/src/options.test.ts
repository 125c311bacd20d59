import { type OptionCase, refusesJunk, thrownBy } from '@federate/core/test-kit'
import { describe, expect, it } from 'vitest'
import { azureCredential } from './credential.ts'

const id = '2a585d57-a5a8-4688-a60c-9796389eae7a'
const good = { token: { getToken: async () => {} }, tenantId: id, clientId: id }

describe('the options of azureCredential', () => {
  it.each<[unknown, string, string]>([
    [undefined, 'OPTION', 'The options of azureCredential are missing, expected an object. Give { token, … }'],
    [
      { ...good, token: null },
      'OPTION',
      'azureCredential, token is nothing, expected a source of tokens. Give a source of',
    ],
    [
      { ...good, tenantId: undefined },
      'OPTION',
      'azureCredential, tenantId is missing, expected a text that is not empty.',
    ],
    [{ ...good, tenant: id }, 'OPTION_UNKNOWN', 'it would have no effect. Did you mean "tenantId"?'],
    [
      { ...good, scope: 'x' },
      'OPTION_UNKNOWN',
      'have the unknown member "scope"; it would have no effect. Take it out',
    ],
    [
      { ...good, environment: 'germany' },
      'OPTION',
      'environment is a text, expected "public" or "usgovernment" or "china".',
    ],
    [
      { ...good, tenantId: 'contoso.com' },
      'AZURE_ID',
      'azureCredential, tenantId is the domain contoso.com, expected an id',
    ],
    [{ ...good, env: 'x' }, 'OPTION', 'azureCredential, env is a text, expected an object with the variables.'],
  ])('%o: %s', (options, code, message) => {
    const error = thrownBy(azureCredential, [options])
    expect(error).toMatchObject({ code, outcome: 'usage', message: expect.stringContaining(message) })
    expect(error.message).not.toMatch(/service file|--/)
  })

  const one: OptionCase = { called: azureCredential, good: { ...good, audience: 'a', environment: 'china' } }
  it('may be any junk, which is taken or refused', () => refusesJunk(one))
})
