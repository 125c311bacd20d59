import type { Role } from '../state.ts'
import type { XmlRecord } from '../xml.ts'
import { tagList } from './tags.ts'

/** IAM gives policy documents URL-encoded as in RFC 3986. */
export function encodedDocument(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** What all answers about a role have. */
function basics(role: Role): XmlRecord {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: role.createDate,
    AssumeRolePolicyDocument: encodedDocument(role.trustPolicy),
  }
}

/** A role as ListRoles gives it: without tags and boundary (IAM API reference, ListRoles). */
export function listedRole(role: Role): XmlRecord {
  return { ...basics(role), Description: role.description, MaxSessionDuration: role.maxSessionDuration }
}

/** A role as GetRole and CreateRole give it. */
export function fullRole(role: Role): XmlRecord {
  return {
    ...listedRole(role),
    PermissionsBoundary: boundary(role),
    Tags: role.tags.size === 0 ? undefined : tagList(role.tags),
    RoleLastUsed: {},
  }
}

/** A role as GetAccountAuthorizationDetails gives it: all that is attached, but no duration and no description. */
export function roleDetail(role: Role): XmlRecord {
  return {
    ...basics(role),
    InstanceProfileList: [],
    RolePolicyList: [...role.inlinePolicies].map(([PolicyName, text]) => ({
      PolicyName,
      PolicyDocument: encodedDocument(text),
    })),
    AttachedManagedPolicies: [...role.attachedPolicies].map(attachedPolicy),
    PermissionsBoundary: boundary(role),
    Tags: tagList(role.tags),
    RoleLastUsed: {},
  }
}

export function attachedPolicy(arn: string): XmlRecord {
  return { PolicyName: arn.slice(arn.lastIndexOf('/') + 1), PolicyArn: arn }
}

function boundary(role: Role): XmlRecord | undefined {
  if (role.permissionsBoundary === undefined) return undefined
  return { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: role.permissionsBoundary }
}
