import { describe, expect, it } from 'vitest'
import { errorOf } from '../test-support.ts'
import { audienceParameters, grantParameters } from './audience.ts'

const wish = { audience: audienceParameters('scope'), scope: ['base'], parameters: { tenant: 't' } }

describe('audienceParameters', () => {
  it.each([
    ['scope', { scope: 'api' }],
    ['audience', { audience: 'api' }],
    ['resource', { resource: 'api' }],
    ['none', {}],
  ] as const)('by %s', (style, parameters) => {
    expect(audienceParameters(style)('api')).toEqual(parameters)
  })
})

describe('grantParameters', () => {
  it('joins all scopes, each once', () => {
    expect(grantParameters(wish, { audience: 'api://orders', scope: ['extra', 'base'] })).toEqual({
      grant_type: 'client_credentials',
      scope: 'base extra api://orders',
      tenant: 't',
    })
  })

  it('leaves scope out where there is none', () => {
    const none = { audience: audienceParameters('resource'), scope: [], parameters: {} }
    expect(grantParameters(none, { audience: 'x' })).toEqual({ grant_type: 'client_credentials', resource: 'x' })
  })

  it('does not let parameters change the grant', () => {
    expect(grantParameters({ ...wish, parameters: { grant_type: 'password' } }, {})['grant_type']).toBe(
      'client_credentials',
    )
  })

  it.each(['two words', '', 'quo"te', 'ä', 'back\\slash'])('refuses the scope "%s"', async (scope) => {
    const error = await errorOf(() => grantParameters(wish, { scope: [scope] }))
    expect(error).toMatchObject({ code: 'SCOPE_INVALID', outcome: 'usage' })
    expect(error.problem).toContain(`"${scope}"`)
  })
})
