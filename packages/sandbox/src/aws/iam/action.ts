import type { Issuers } from '../issuers.ts'
import type { Parameters } from '../parameters.ts'
import type { Account } from '../state.ts'
import type { XmlRecord } from '../xml.ts'

/** One call of an administrator of an account. */
export interface IamCall {
  readonly account: Account
  readonly parameters: Parameters
  readonly issuers: Issuers
  readonly now: Date
}

/** Answers a call; `undefined` where IAM's answer has no result. @throws QueryFault */
export type IamAction = (call: IamCall) => XmlRecord | undefined | Promise<XmlRecord | undefined>
