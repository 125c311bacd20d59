import { type AzureOptions, type AzureSandbox, AzureServer } from './sandbox.ts'

export type { AzureDelays, AzureFaults, AzureOperation } from './disturbance.ts'
export type { AzureOptions, AzureSandbox } from './sandbox.ts'
export type { AzureTenant } from './state.ts'

/** Makes Entra, Microsoft Graph and Azure Resource Manager for these tenants; serve its `handle` by https. */
export function createAzure(options: AzureOptions): AzureSandbox {
  return new AzureServer(options)
}
