import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatMember, memberMatches, type PoolMember, parseMember } from './member.ts'

const value = fc.string({ minLength: 1 })
const who: fc.Arbitrary<PoolMember['who']> = fc.oneof(
  value.map((text) => ({ kind: 'subject' as const, value: text })),
  value.map((text) => ({ kind: 'group' as const, value: text })),
  fc
    .tuple(fc.stringMatching(/^[a-z0-9_]{1,20}$/), value)
    .map(([name, text]) => ({ kind: 'attribute' as const, name, value: text })),
  fc.constant({ kind: 'everyone' as const }),
)
const member = fc.record({
  project: fc.stringMatching(/^\d{6,12}$/),
  pool: fc.stringMatching(/^[a-z0-9-]{4,32}$/),
  who,
})
const principal = {
  project: '123456789012',
  pool: 'keycloak',
  subject: 'billing',
  groups: ['admins'],
  attributes: new Map([['team', 'core']]),
}

describe('a member of a pool', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(member, (one) => {
        expect(parseMember(formatMember(one))).toEqual(one)
      }),
    )
  })

  it('is read from any text without a crash', () => {
    const home = 'iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p'
    const text = fc.oneof(
      fc.string(),
      fc.string().map((rest) => `principalSet://${home}/${rest}`),
      fc.string().map((rest) => `principal://${home}/${rest}`),
    )
    fc.assert(
      fc.property(text, (one) => {
        const parsed = parseMember(one)
        return parsed === undefined || formatMember(parsed) === one
      }),
    )
  })

  it('means nobody of another project or pool', () => {
    fc.assert(
      fc.property(
        member,
        (one) =>
          (one.project === principal.project && one.pool === principal.pool) ||
          !memberMatches(formatMember(one), principal),
      ),
    )
  })

  it('means a principal by exactly what it is', () => {
    const home = { project: principal.project, pool: principal.pool }
    const yes: readonly PoolMember['who'][] = [
      { kind: 'subject', value: 'billing' },
      { kind: 'group', value: 'admins' },
      { kind: 'attribute', name: 'team', value: 'core' },
      { kind: 'everyone' },
    ]
    for (const one of yes) expect(memberMatches(formatMember({ ...home, who: one }), principal)).toBe(true)
    fc.assert(
      fc.property(
        value,
        (text) =>
          text === 'billing' ||
          !memberMatches(formatMember({ ...home, who: { kind: 'subject', value: text } }), principal),
      ),
    )
  })
})
