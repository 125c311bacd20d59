import { describe, expect, it, vi } from 'vitest'
import { keycloakAvailability } from './availability.ts'

describe('keycloakAvailability', () => {
  const nothingInstalled = { PATH: '/nonexistent' }

  it('says on stderr what is missing', () => {
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    try {
      expect(keycloakAvailability(nothingInstalled)).toEqual({ available: false, missing: ['java', 'mvn'] })
      expect(stderr).toHaveBeenCalledWith(expect.stringContaining('NOT TESTED'))
    } finally {
      stderr.mockRestore()
    }
  })

  it('fails under CI=true instead', () => {
    expect(() => keycloakAvailability({ ...nothingInstalled, CI: 'true' })).toThrow('java and mvn')
  })
})
