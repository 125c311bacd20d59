export type { AzureWish } from '../target.ts'
export type { AzureAccess } from './access.ts'
export { azureTrust } from './trust.ts'
