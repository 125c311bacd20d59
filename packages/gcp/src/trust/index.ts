export type { GcpWish } from '../wish.ts'
export { gcpTrust } from './trust.ts'
