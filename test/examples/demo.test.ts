import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { keycloakAvailability } from '../keycloak/availability.ts'
import { firstStart } from '../keycloak/server.ts'

describe('the demo', () => {
  it('walks the whole life and ends well', () => {
    const script = fileURLToPath(new URL('../../scripts/demo.ts', import.meta.url))
    const home = mkdtempSync(join(tmpdir(), 'federate-home-'))
    const env = { ...process.env, HOME: home, XDG_CACHE_HOME: undefined, CACHE_DIRECTORY: undefined }
    const { status, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8', env })
    const leftBehind = readdirSync(home)
    rmSync(home, { recursive: true })
    // Its credentials have no place in the cache of the person who runs it.
    expect(leftBehind).toEqual([])
    expect(stderr).not.toContain('Error')
    expect(stdout).toContain('arn:aws:sts::123456789012:assumed-role/billing/federate-billing')
    expect(stdout).toContain('Destroyed 3 object(s) of acme-platform.')
    expect(stdout).toContain('no cloud key was stored, and none was needed.')
    expect(stdout).not.toMatch(/eyJ/)
    expect(status).toBe(0)
  })

  it.skipIf(!keycloakAvailability().available)(
    'does the same with a real Keycloak: one setup makes its realm and the trust in AWS',
    () => {
      const script = fileURLToPath(new URL('../../scripts/demo.ts', import.meta.url))
      const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--keycloak'], { encoding: 'utf8' })
      expect(stderr).not.toContain('Error')
      expect(stdout).toContain('arn:aws:sts::123456789012:assumed-role/billing/federate-billing')
      expect(stdout).toMatch(/Destroyed \d+ object\(s\) of acme-platform\./)
      expect(stdout).toContain('with a real Keycloak: no cloud key was stored, and none was needed.')
      expect(stdout).not.toMatch(/eyJ/)
      expect(status).toBe(0)
    },
    firstStart,
  )
})
