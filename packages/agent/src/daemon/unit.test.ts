import { describe, expect, it } from 'vitest'
import { systemdUnit, type UnitOptions } from './unit.ts'

function rights(options: Partial<UnitOptions>): readonly string[] {
  const unit = systemdUnit({
    command: ['/usr/bin/node', '/usr/bin/federate'],
    args: [],
    credentials: [],
    outputFolders: [],
    readsFilesOfRoot: false,
    bindsLowPort: false,
    ...options,
  })
  return unit.split('\n').filter((line) => /Capabilities|Capability|DynamicUser/.test(line))
}

describe("the unit's rights", () => {
  it('are none, for a user of its own', () => {
    expect(rights({})).toEqual(['DynamicUser=yes', 'CapabilityBoundingSet='])
    expect(rights({ readsFilesOfRoot: true })).toEqual(['CapabilityBoundingSet='])
  })

  it('are to listen on a port below 1024, where it is to', () => {
    const both = ['CapabilityBoundingSet=CAP_NET_BIND_SERVICE', 'AmbientCapabilities=CAP_NET_BIND_SERVICE']
    expect(rights({ bindsLowPort: true })).toEqual(['DynamicUser=yes', ...both])
    expect(rights({ bindsLowPort: true, readsFilesOfRoot: true })).toEqual(both)
  })

  it('are those of files for others, and to listen below 1024 only where it is to', () => {
    const files = 'CapabilityBoundingSet=CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_KILL'
    expect(rights({ outputFolders: ['/run/billing'] })).toEqual([files])
    expect(rights({ outputFolders: ['/run/billing'], bindsLowPort: true })).toEqual([
      `${files} CAP_NET_BIND_SERVICE`,
      'AmbientCapabilities=CAP_NET_BIND_SERVICE',
    ])
  })
})
