import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { IssuedSecret } from './key.ts'

it('an issued secret shows itself to nobody who does not ask for it', () => {
  const secret = new IssuedSecret('only-for-tests')
  for (const shown of [`${secret}`, JSON.stringify({ secret }), inspect({ secret }), String(secret)]) {
    expect(shown).not.toContain('only-for-tests')
  }
  expect(secret.reveal()).toBe('only-for-tests')
})
