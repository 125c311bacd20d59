export type {
  CustomerKey,
  Grants,
  IssuedKey,
  IssuedSecret,
  KeyCredential,
  NewKey,
  RepairedKey,
  RevokedKey,
  RotatedKey,
} from './key.ts'
export { CustomerKeys, type KeysRequest } from './keys.ts'
export { refuseImpossibleKey } from './new-key.ts'
