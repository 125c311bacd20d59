import { accountActions } from './account-details.ts'
import type { IamAction } from './action.ts'
import { providerActions } from './providers.ts'
import { rolePolicyActions } from './role-policies.ts'
import { roleActions } from './roles.ts'
import { tagActions } from './tag-actions.ts'

/** The calls of IAM that the sandbox knows. */
export const iamActions: ReadonlyMap<string, IamAction> = new Map(
  Object.entries({ ...providerActions, ...roleActions, ...rolePolicyActions, ...tagActions, ...accountActions }),
)
