import type { Cloud } from '@federate/core'
import type { TargetSchemas } from '@federate/core/config'

// A fourth cloud is one more line here.
const loaders = {
  aws: async (): Promise<Cloud> => (await import('@federate/aws/cloud')).aws,
  gcp: async (): Promise<Cloud> => (await import('@federate/gcp/cloud')).gcp,
  azure: async (): Promise<Cloud> => (await import('@federate/azure/cloud')).azure,
}

export type CloudName = keyof typeof loaders

export const cloudNames: readonly CloudName[] = ['aws', 'gcp', 'azure']

export function isCloudName(name: string): name is CloudName {
  return Object.hasOwn(loaders, name)
}

/** Loads one cloud's package. */
export function loadCloud(name: CloudName): Promise<Cloud> {
  return loaders[name]()
}

/** The schemas by which federate.yaml's targets are checked, one per cloud. */
export async function targetSchemas(): Promise<TargetSchemas> {
  return new Map(
    await Promise.all(cloudNames.map(async (name) => [name, await (await loadCloud(name)).wish()] as const)),
  )
}
