import { readJwt } from '@federate/core'
import { describe, expect, it } from 'vitest'
import { paste, readHandover, tokenIn } from './customer.ts'
import type { KeysPlace } from './customer-place.ts'

/** What `setup` and `destroy` take from keys. All keys of the place are without their scope in between. */
export function repairSuite(place: () => KeysPlace): void {
  describe('keys that federate.yaml says nothing of', () => {
    it('keep a role that leaves the file, and the plan names who has it', async () => {
      const yaml = await place().read('federate.yaml')
      await place().write('fewer.yaml', yaml.replace('[reader, writer]', '[writer]'))
      const { status, stderr } = await place().federate('setup keycloak --yes -c fewer.yaml')
      expect([status, stderr]).toEqual([1, expect.stringContaining('error PLAN_BLOCKED')])
      expect(stderr).toMatch(/Others, .*, lose roles of api:\/\/orders \(reader\): keys acme, /)
      expect(stderr).toContain('Take it from them with `--prune`')
    })

    it('are named when all is destroyed, are shown as they are, and get it back by repair', async () => {
      const handover = readHandover((await place().federate('keys issue broken --api orders --role reader')).stdout)
      const destroyed = await place().federate('destroy keycloak --yes')
      expect([destroyed.status, destroyed.stderr]).toEqual([
        0,
        expect.stringMatching(/lose the scope api:\/\/orders: keys acme, broken, /),
      ])
      await place().federate('setup keycloak --yes --no-verify')
      expect((await place().federate('plan keycloak')).stderr).toMatch(
        /\d+ key\(s\) of third parties lack scopes .*: acme, broken, .* `federate keys repair` gives these back/,
      )
      expect(JSON.parse(await paste('shell', handover, place().folder))).toMatchObject({ error: 'invalid_scope' })
      const listed = await place().federate('keys list')
      expect(listed.stdout).toMatch(/^broken +active +- +orders:reader /m)
      expect(listed.stderr).toContain('have lost scopes or roles')
      expect(await place().federate('keys repair broken')).toMatchObject({
        ...{ status: 0, stdout: 'repaired broken: it has orders:reader again.\n' },
      })
      const { claims } = readJwt(tokenIn(await paste('shell', handover, place().folder)))
      expect(claims['resource_access']).toEqual({ 'api://orders': { roles: ['reader'] } })
      expect((await place().federate('keys repair broken')).stdout).toBe('broken lacks nothing.\n')
    })
  })
}
