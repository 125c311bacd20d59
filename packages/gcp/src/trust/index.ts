export type { GcpWish } from '../target.ts'
export { gcpTrust } from './trust.ts'
