import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from '@aws-sdk/client-iam'
import type { JsonValue } from '@federate/core/plan'
import { tagList } from './actual-provider.ts'
import { type Administrator, explained } from './iam.ts'
import type { Tags } from './marks.ts'
import type { DesiredRole } from './role-changes.ts'

/** IAM's calls that write one role, each explained when it fails. */
export class RoleWriter {
  readonly #by: Administrator
  readonly #name: string
  readonly #arn: string
  readonly #signal: AbortSignal

  constructor(by: Administrator, name: string, arn: string, signal: AbortSignal) {
    this.#by = by
    this.#name = name
    this.#arn = arn
    this.#signal = signal
  }

  /** Everything but its policies, which are calls of their own. */
  async create(path: string, description: string, desired: DesiredRole): Promise<void> {
    const command = new CreateRoleCommand({
      RoleName: this.#name,
      Path: path,
      Description: description,
      AssumeRolePolicyDocument: JSON.stringify(desired.trustPolicy),
      MaxSessionDuration: desired.maxSessionDuration,
      PermissionsBoundary: desired.permissionsBoundary,
      Tags: tagList(desired.tags),
    })
    await this.#do('CreateRole', () => this.#by.iam.send(command, this.#options))
  }

  async setTrustPolicy(document: JsonValue): Promise<void> {
    const input = { RoleName: this.#name, PolicyDocument: JSON.stringify(document) }
    const command = new UpdateAssumeRolePolicyCommand(input)
    await this.#do('UpdateAssumeRolePolicy', () => this.#by.iam.send(command, this.#options))
  }

  async setMaxSessionDuration(seconds: number): Promise<void> {
    const command = new UpdateRoleCommand({ RoleName: this.#name, MaxSessionDuration: seconds })
    await this.#do('UpdateRole', () => this.#by.iam.send(command, this.#options))
  }

  async setBoundary(PermissionsBoundary: string): Promise<void> {
    const command = new PutRolePermissionsBoundaryCommand({ RoleName: this.#name, PermissionsBoundary })
    await this.#do('PutRolePermissionsBoundary', () => this.#by.iam.send(command, this.#options))
  }

  async removeBoundary(): Promise<void> {
    const command = new DeleteRolePermissionsBoundaryCommand({ RoleName: this.#name })
    await this.#do('DeleteRolePermissionsBoundary', () => this.#by.iam.send(command, this.#options))
  }

  async attach(arns: readonly string[]): Promise<void> {
    for (const PolicyArn of arns) {
      const command = new AttachRolePolicyCommand({ RoleName: this.#name, PolicyArn })
      await this.#do('AttachRolePolicy', () => this.#by.iam.send(command, this.#options))
    }
  }

  async detach(arns: readonly string[]): Promise<void> {
    for (const PolicyArn of arns) {
      const command = new DetachRolePolicyCommand({ RoleName: this.#name, PolicyArn })
      await this.#do('DetachRolePolicy', () => this.#by.iam.send(command, this.#options))
    }
  }

  async putInline(names: readonly string[], documents: Readonly<Record<string, JsonValue>>): Promise<void> {
    for (const PolicyName of names) {
      const input = { RoleName: this.#name, PolicyName, PolicyDocument: JSON.stringify(documents[PolicyName]) }
      const command = new PutRolePolicyCommand(input)
      await this.#do('PutRolePolicy', () => this.#by.iam.send(command, this.#options))
    }
  }

  async deleteInline(names: readonly string[]): Promise<void> {
    for (const PolicyName of names) {
      const command = new DeleteRolePolicyCommand({ RoleName: this.#name, PolicyName })
      await this.#do('DeleteRolePolicy', () => this.#by.iam.send(command, this.#options))
    }
  }

  async tag(tags: Tags): Promise<void> {
    if (Object.keys(tags).length === 0) return
    const command = new TagRoleCommand({ RoleName: this.#name, Tags: tagList(tags) })
    await this.#do('TagRole', () => this.#by.iam.send(command, this.#options))
  }

  async untag(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return
    const command = new UntagRoleCommand({ RoleName: this.#name, TagKeys: [...keys] })
    await this.#do('UntagRole', () => this.#by.iam.send(command, this.#options))
  }

  /** IAM deletes only a role without policies. */
  async delete(): Promise<void> {
    const command = new DeleteRoleCommand({ RoleName: this.#name })
    await this.#do('DeleteRole', () => this.#by.iam.send(command, this.#options))
  }

  get #options() {
    return { abortSignal: this.#signal }
  }

  #do<T>(action: string, send: () => Promise<T>): Promise<T> {
    const call = { action: `iam:${action}`, resource: this.#arn, account: this.#by.account }
    return explained(this.#signal, call, send)
  }
}
