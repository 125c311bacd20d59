import type { Parameters } from '../parameters.ts'
import { faults } from '../query-fault.ts'
import type { IamAction } from './action.ts'
import { pageOf } from './pages.ts'
import { roleDetail } from './render.ts'

const kinds = ['User', 'Role', 'Group', 'LocalManagedPolicy', 'AWSManagedPolicy']

/** Everything about many roles in one call: what a plan of a thousand services reads. */
const getDetails: IamAction = ({ account, parameters }) => {
  const roles = wantsRoles(parameters) ? [...account.roles.values()] : []
  const page = pageOf(parameters, roles, (role) => role.name)
  return {
    UserDetailList: [],
    GroupDetailList: [],
    RoleDetailList: page.items.map(roleDetail),
    Policies: [],
    ...page.marks,
  }
}

function wantsRoles(parameters: Parameters): boolean {
  const filter = parameters.list('Filter') ?? []
  const unknown = filter.find((kind) => !kinds.includes(kind))
  if (unknown !== undefined)
    throw faults.validation(
      `1 validation error detected: Value '[${unknown}]' at 'filter' failed to satisfy constraint: Member must satisfy enum value set: [${kinds.join(', ')}]`,
    )
  return filter.length === 0 || filter.includes('Role')
}

/** Counts and quotas; of the many only those that the sandbox keeps. */
const getSummary: IamAction = ({ account }) => ({
  SummaryMap: new Map([
    ['Roles', account.roles.size],
    ['Providers', account.providers.size],
    ['AssumeRolePolicySizeQuota', account.trustPolicyQuota],
  ]),
})

/** IAM's calls about a whole account. */
export const accountActions: Readonly<Record<string, IamAction>> = {
  GetAccountAuthorizationDetails: getDetails,
  GetAccountSummary: getSummary,
}
