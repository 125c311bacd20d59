import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

describe('the demo', () => {
  it('walks the whole life and ends well', () => {
    const script = fileURLToPath(new URL('../../scripts/demo.ts', import.meta.url))
    const { status, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' })
    expect(stderr).not.toContain('Error')
    expect(stdout).toContain('arn:aws:sts::123456789012:assumed-role/billing/federate-billing')
    expect(stdout).toContain('Destroyed 3 object(s) of acme-platform.')
    expect(stdout).toContain('no cloud key was stored, and none was needed.')
    expect(stdout).not.toMatch(/eyJ/)
    expect(status).toBe(0)
  })
})
