export type { AwsWish } from '../target.ts'
export { expectedRoleArn } from './addresses.ts'
export { awsTrust } from './trust.ts'
export { trustPolicy } from './trust-policy.ts'
