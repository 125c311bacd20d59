import {
  ListOpenIDConnectProvidersCommand,
  paginateGetAccountAuthorizationDetails,
  paginateListRoles,
  type Role,
  type RoleDetail,
} from '@aws-sdk/client-iam'
import { forEachLimited } from '@federate/core/plan'
import { type ActualProvider, readProvider } from './actual-provider.ts'
import { type ActualRole, roleFromDetail } from './actual-role.ts'
import { roleArn } from './addresses.ts'
import { type Administrator, explained } from './iam.ts'

const pageSize = 1000
const providersAtOnce = 8

/**
 * What an account holds, read once for a whole plan: the number of calls does not grow with the number of services, but
 * for pages of a thousand roles.
 */
export class AccountState {
  readonly #administrator: Administrator
  readonly #paths: readonly string[]
  #roles: Promise<ReadonlyMap<string, ActualRole>> | undefined
  #providers: Promise<ReadonlyMap<string, ActualProvider>> | undefined

  /** @param paths where our roles are: only of roles there is everything read in bulk. */
  constructor(administrator: Administrator, paths: readonly string[]) {
    this.#administrator = administrator
    this.#paths = paths
  }

  /** All roles by name. */
  roles(signal: AbortSignal): Promise<ReadonlyMap<string, ActualRole>> {
    this.#roles ??= this.#readRoles(signal)
    return this.#roles
  }

  /** All identity providers by ARN. */
  providers(signal: AbortSignal): Promise<ReadonlyMap<string, ActualProvider>> {
    this.#providers ??= this.#readProviders(signal)
    return this.#providers
  }

  async #readRoles(signal: AbortSignal): Promise<ReadonlyMap<string, ActualRole>> {
    const [details, own] = await Promise.all([this.#roleDetails(signal), this.#ownRoles(signal)])
    const byName = new Map(own.map((role) => [role.RoleName, role]))
    return new Map(
      details.map((detail) => {
        const role = roleFromDetail(detail, byName.get(detail.RoleName))
        return [role.name, role]
      }),
    )
  }

  /** Trust policies, policies and tags of all roles: everything but the session duration and the description. */
  async #roleDetails(signal: AbortSignal): Promise<RoleDetail[]> {
    const call = { action: 'iam:GetAccountAuthorizationDetails', resource: '*', account: this.#administrator.account }
    return explained(signal, call, async () => {
      const details: RoleDetail[] = []
      const configuration = { client: this.#administrator.iam, pageSize }
      const pages = paginateGetAccountAuthorizationDetails(configuration, { Filter: ['Role'] }, { abortSignal: signal })
      for await (const page of pages) details.push(...(page.RoleDetailList ?? []))
      return details
    })
  }

  /** Session duration and description of the roles under our paths. */
  async #ownRoles(signal: AbortSignal): Promise<Role[]> {
    return (await Promise.all(this.#paths.map((path) => this.#rolesUnder(path, signal)))).flat()
  }

  async #rolesUnder(PathPrefix: string, signal: AbortSignal): Promise<Role[]> {
    const { iam, account } = this.#administrator
    const call = { action: 'iam:ListRoles', resource: roleArn(this.#administrator, PathPrefix, ''), account }
    return explained(signal, call, async () => {
      const roles: Role[] = []
      const pages = paginateListRoles({ client: iam, pageSize }, { PathPrefix }, { abortSignal: signal })
      for await (const page of pages) roles.push(...(page.Roles ?? []))
      return roles
    })
  }

  async #readProviders(signal: AbortSignal): Promise<ReadonlyMap<string, ActualProvider>> {
    const { iam, account } = this.#administrator
    const call = { action: 'iam:ListOpenIDConnectProviders', resource: '*', account }
    const list = await explained(signal, call, () =>
      iam.send(new ListOpenIDConnectProvidersCommand({}), { abortSignal: signal }),
    )
    const arns = (list.OpenIDConnectProviderList ?? []).flatMap(({ Arn }) => (Arn === undefined ? [] : [Arn]))
    const providers = new Map<string, ActualProvider>()
    await forEachLimited(arns, providersAtOnce, async (arn) => {
      const provider = await readProvider(this.#administrator, arn, signal)
      if (provider !== undefined) providers.set(arn, provider)
    })
    return providers
  }
}
