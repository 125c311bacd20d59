import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AzureWish } from '../target.ts'
import { refuseFullParent } from './full-parent.ts'

const credential = (subject: string) => ({
  name: subject,
  issuer: 'https://kc.example.com/realms/prod',
  subject,
  audiences: ['api://AzureADTokenExchange'],
})
const wanted = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    credential: credential(`ours-${index}`),
    targets: [`services.ours-${index}.targets.files`],
    services: [`ours-${index}`],
  }))
const wish: AzureWish = {
  ...{ tenant: '2a585d57-a5a8-4688-a60c-9796389eae7a', application: 'billing', environment: 'public', roles: [] },
  ...{ audience: 'shared', scope: 'https://storage.azure.com/.default' },
}

function refusal(ours: number, theirs: number, there: number) {
  const present = [
    ...Array.from({ length: theirs }, (_, index) => credential(`theirs-${index}`)),
    ...wanted(ours)
      .slice(ours - there)
      .map((one) => one.credential),
  ]
  try {
    refuseFullParent('acme', wish, wanted(ours), present)
    return undefined
  } catch (error) {
    return error
  }
}

describe('a parent of federated credentials', () => {
  it('is full with the twenty-first, whoever has the others, and who has a place keeps it', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(20), fc.nat(20), (ours, theirs, few) => {
        const there = Math.min(few, ours, 20 - theirs)
        const error = refusal(ours, theirs, there)
        const moved = ours + theirs - 20
        if (moved <= 0) {
          expect(error).toBeUndefined()
          return
        }
        const without = wanted(ours - there).flatMap(({ targets }) => targets)
        expect(error).toMatchObject({
          code: 'AZURE_PARENT_FULL',
          problem: expect.stringContaining(`${ours + theirs} - 20 = ${moved} too many.`),
          next: expect.stringContaining(`billing-${Math.ceil(moved / 20) + 1} (at most 20 services each)`),
          details: { moved: without.slice(without.length - moved) },
        })
      }),
    )
  })
})
