import { userInfo } from 'node:os'
import { describe, expect, it } from 'vitest'
import { withHome } from './home.ts'

describe.skipIf(process.platform === 'win32')('the home of who has none in the environment', () => {
  it.each([[{ PATH: '/bin' }], [{ PATH: '/bin', HOME: '' }]])('is the one that the system knows: %j', (environment) => {
    expect(withHome(environment)).toEqual({ PATH: '/bin', HOME: userInfo().homedir })
  })

  it('is left alone where HOME says it', () => {
    const environment = { HOME: '/srv/home' }
    expect(withHome(environment)).toBe(environment)
  })
})
