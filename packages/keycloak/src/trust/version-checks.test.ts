import { describe, expect, it } from 'vitest'
import { isOlder } from './version-checks.ts'

describe('isOlder', () => {
  it.each([
    ['26.0.8', true],
    ['25.9.9', true],
    ['26.6.0', false],
    ['26.10.1', false],
    ['27.0.0', false],
    ['26.5.0.redhat-00001', true],
    ['26.7.4.redhat-00001', false],
  ])('%s', (version, older) => {
    expect(isOlder(version, [26, 6])).toBe(older)
  })
})
