import { IAMClient } from '@aws-sdk/client-iam'
import type { Administrator } from './iam.ts'

type Input = Readonly<Record<string, unknown>>

interface StoredRole {
  readonly role: Record<string, unknown>
  readonly attached: Set<string>
  readonly inline: Map<string, string>
}

interface StoredProvider {
  readonly url: string
  clientIds: string[]
  thumbprints?: string[]
  tags: Record<string, string>
}

const account = '123456789012'

/** IAM in memory, behind a real client: what the SDK would send arrives here as its command's name and input. */
export class MemoryIam {
  readonly roles = new Map<string, StoredRole>()
  readonly providers = new Map<string, StoredProvider>()
  /** The commands that arrived, in order, without those that only read. */
  readonly writes: string[] = []
  /** All commands that arrived. */
  readonly calls: string[] = []
  readonly by: Administrator
  #refusal: { readonly command: string; readonly code: string } | undefined

  constructor() {
    const iam = new IAMClient({ region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } })
    iam.middlewareStack.add(
      (_next, context) => async (args) => {
        const name = String(context.commandName).replace(/Command$/, '')
        return { response: {}, output: { $metadata: {}, ...this.#answer(name, { ...args.input }) } }
      },
      { step: 'initialize' },
    )
    this.by = { iam, account, partition: 'aws', arn: `arn:aws:iam::${account}:user/admin` }
  }

  refuse(command: string, code: string): void {
    this.#refusal = { command, code }
  }

  allow(): void {
    this.#refusal = undefined
  }

  #answer(name: string, input: Input): Record<string, unknown> {
    this.calls.push(name)
    if (this.#refusal?.command === name) throw awsError(this.#refusal.code, `not allowed: ${name}`)
    if (!/^(Get|List)/.test(name)) this.writes.push(name)
    return this.#providerCall(name, input) ?? this.#roleCall(name, input)
  }

  #providerCall(name: string, input: Input): Record<string, unknown> | undefined {
    if (name === 'ListOpenIDConnectProviders') {
      return { OpenIDConnectProviderList: [...this.providers.keys()].map((Arn) => ({ Arn })) }
    }
    if (name === 'CreateOpenIDConnectProvider') return this.#createProvider(input)
    if (!name.includes('OpenIDConnectProvider')) return undefined
    const arn = text(input['OpenIDConnectProviderArn'])
    const provider = this.providers.get(arn)
    if (provider === undefined) throw awsError('NoSuchEntity', `no provider ${arn}`)
    const id = text(input['ClientID'])
    if (name === 'GetOpenIDConnectProvider') {
      const { url, clientIds, thumbprints, tags } = provider
      return { Url: url, ClientIDList: clientIds, ThumbprintList: thumbprints, Tags: tagList(tags) }
    }
    if (name === 'DeleteOpenIDConnectProvider') this.providers.delete(arn)
    if (name === 'AddClientIDToOpenIDConnectProvider') provider.clientIds = [...new Set([...provider.clientIds, id])]
    if (name === 'RemoveClientIDFromOpenIDConnectProvider') {
      provider.clientIds = provider.clientIds.filter((one) => one !== id)
    }
    if (name === 'UpdateOpenIDConnectProviderThumbprint') provider.thumbprints = texts(input['ThumbprintList'])
    if (name === 'TagOpenIDConnectProvider') provider.tags = { ...provider.tags, ...tagsIn(input['Tags']) }
    if (name === 'UntagOpenIDConnectProvider') provider.tags = without(provider.tags, input['TagKeys'])
    return {}
  }

  #createProvider(input: Input): Record<string, unknown> {
    const url = text(input['Url']).replace(/^https?:\/\//, '')
    const arn = `arn:aws:iam::${account}:oidc-provider/${url}`
    if (this.providers.has(arn)) throw awsError('EntityAlreadyExists', `Provider with url ${url} already exists.`)
    const { ClientIDList, ThumbprintList, Tags } = input
    const lists = { clientIds: texts(ClientIDList), thumbprints: texts(ThumbprintList) }
    this.providers.set(arn, { url, ...lists, tags: tagsIn(Tags) })
    return { OpenIDConnectProviderArn: arn }
  }

  #roleCall(name: string, input: Input): Record<string, unknown> {
    if (name === 'GetAccountAuthorizationDetails') return { RoleDetailList: [...this.roles.values()].map(detailOf) }
    if (name === 'ListRoles') return this.#listRoles(text(input['PathPrefix']))
    const roleName = text(input['RoleName'])
    if (name === 'CreateRole') return this.#createRole(roleName, input)
    const stored = this.roles.get(roleName)
    if (stored === undefined) throw awsError('NoSuchEntity', `no role ${roleName}`)
    return this.#existingRoleCall(name, stored, input)
  }

  #listRoles(prefix: string): Record<string, unknown> {
    const roles = [...this.roles.values()].map(({ role }) => role)
    return { Roles: roles.filter((role) => text(role['Path']).startsWith(prefix)) }
  }

  #createRole(name: string, input: Input): Record<string, unknown> {
    if (this.roles.has(name)) throw awsError('EntityAlreadyExists', `Role with name ${name} already exists.`)
    const path = text(input['Path'])
    const role = {
      ...input,
      Arn: `arn:aws:iam::${account}:role${path}${name}`,
      AssumeRolePolicyDocument: encodeURIComponent(text(input['AssumeRolePolicyDocument'])),
    }
    this.roles.set(name, { role, attached: new Set(), inline: new Map() })
    return {}
  }

  #existingRoleCall(name: string, stored: StoredRole, input: Input): Record<string, unknown> {
    const policy = text(input['PolicyName'])
    const { role, attached, inline } = stored
    const effects: Record<string, () => unknown> = {
      AttachRolePolicy: () => attached.add(text(input['PolicyArn'])),
      DetachRolePolicy: () => attached.delete(text(input['PolicyArn'])),
      PutRolePolicy: () => inline.set(policy, encodeURIComponent(text(input['PolicyDocument']))),
      DeleteRolePolicy: () => inline.delete(policy),
      UpdateRole: () => Object.assign(role, input),
      UpdateAssumeRolePolicy: () => {
        role['AssumeRolePolicyDocument'] = encodeURIComponent(text(input['PolicyDocument']))
      },
      PutRolePermissionsBoundary: () => Object.assign(role, { PermissionsBoundary: input['PermissionsBoundary'] }),
      DeleteRolePermissionsBoundary: () => delete role['PermissionsBoundary'],
      TagRole: () => {
        role['Tags'] = tagList({ ...tagsIn(role['Tags']), ...tagsIn(input['Tags']) })
      },
      UntagRole: () => {
        role['Tags'] = tagList(without(tagsIn(role['Tags']), input['TagKeys']))
      },
      DeleteRole: () => this.#deleteRole(text(input['RoleName']), stored),
    }
    effects[name]?.()
    if (name === 'GetRole') return { Role: { ...role, PermissionsBoundary: boundaryOf(role) } }
    if (name === 'ListAttachedRolePolicies')
      return { AttachedPolicies: [...attached].map((PolicyArn) => ({ PolicyArn })) }
    if (name === 'ListRolePolicies') return { PolicyNames: [...inline.keys()] }
    if (name === 'GetRolePolicy') return { PolicyDocument: inline.get(policy) }
    return {}
  }

  #deleteRole(name: string, { attached, inline }: StoredRole): void {
    if (attached.size + inline.size > 0)
      throw awsError('DeleteConflict', 'Cannot delete entity, must detach all policies first.')
    this.roles.delete(name)
  }
}

function detailOf({ role, attached, inline }: StoredRole): Record<string, unknown> {
  const { MaxSessionDuration: _left, ...detail } = role
  return {
    ...detail,
    PermissionsBoundary: boundaryOf(role),
    AttachedManagedPolicies: [...attached].map((PolicyArn) => ({ PolicyArn })),
    RolePolicyList: [...inline].map(([PolicyName, PolicyDocument]) => ({ PolicyName, PolicyDocument })),
  }
}

function boundaryOf(role: Record<string, unknown>) {
  const arn = role['PermissionsBoundary']
  return arn === undefined ? undefined : { PermissionsBoundaryArn: arn }
}

function awsError(code: string, message: string): Error {
  return Object.assign(new Error(message), {
    name: code === 'AccessDenied' ? code : `${code}Exception`,
    Code: code,
    $fault: 'client',
    $metadata: { httpStatusCode: 400, requestId: 'request-1' },
  })
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(text) : []
}

function tagsIn(value: unknown): Record<string, string> {
  const list: readonly unknown[] = Array.isArray(value) ? value : []
  return Object.fromEntries(
    list.map((tag) => {
      const { Key, Value } = { Key: '', Value: '', ...(typeof tag === 'object' ? tag : {}) }
      return [Key, Value]
    }),
  )
}

function tagList(tags: Record<string, string>) {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}

function without(tags: Record<string, string>, keys: unknown): Record<string, string> {
  const removed = new Set(texts(keys))
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !removed.has(key)))
}
