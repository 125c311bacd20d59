import { type Change, canonicalJson, type JsonValue, type Shown } from '@federate/core/plan'
import type { ActualRole } from './actual-role.ts'
import { adoptedMark, isAdopted, ownTags, releasedTags, roleOwner, type Tags } from './marks.ts'

/** What one target wants of a role. */
export interface DesiredRole {
  readonly trustPolicy: JsonValue
  readonly policies: readonly string[]
  readonly inlinePolicies: Readonly<Record<string, JsonValue>>
  readonly permissionsBoundary: string | undefined
  /** In seconds. */
  readonly maxSessionDuration: number
  /** Wished tags and our marks. */
  readonly tags: Tags
}

/** The parts of a role in which it differs from the wish; what is absent or empty is as it should be. */
export interface RoleChanges {
  readonly trustPolicy: boolean
  readonly boundary: boolean
  readonly maxSessionDuration: boolean
  readonly attach: readonly string[]
  readonly detach: readonly string[]
  readonly putInline: readonly string[]
  readonly deleteInline: readonly string[]
  readonly tag: Tags
  /** Only tags that we set ourselves; those of others stay. */
  readonly untag: readonly string[]
}

export function roleChanges(desired: DesiredRole, actual: ActualRole): RoleChanges {
  const inlineNames = Object.keys(desired.inlinePolicies)
  // A role without a mark was there before us, and bears that from now on.
  const tags = roleOwner(actual.tags) === undefined ? { ...desired.tags, ...adoptedMark } : desired.tags
  return {
    trustPolicy: differs(desired.trustPolicy, actual.trustPolicy),
    boundary: desired.permissionsBoundary !== actual.permissionsBoundary,
    maxSessionDuration: desired.maxSessionDuration !== actual.maxSessionDuration,
    attach: desired.policies.filter((arn) => !actual.policies.includes(arn)),
    detach: actual.policies.filter((arn) => !desired.policies.includes(arn)),
    putInline: inlineNames.filter((name) => differs(desired.inlinePolicies[name], actual.inlinePolicies[name])),
    deleteInline: Object.keys(actual.inlinePolicies).filter((name) => !inlineNames.includes(name)),
    tag: Object.fromEntries(Object.entries(tags).filter(([key, text]) => actual.tags[key] !== text)),
    untag: ownTags(actual.tags).filter((key) => !(key in desired.tags)),
  }
}

/** The changes as a plan shows them. */
export function describeRoleChanges(desired: DesiredRole, actual: ActualRole): Change[] {
  const changes = roleChanges(desired, actual)
  const inlineNames = [...changes.deleteInline, ...changes.putInline].sort()
  return [
    ...when(changes.trustPolicy, 'trust policy', actual.trustPolicy, desired.trustPolicy),
    ...when(
      changes.attach.length + changes.detach.length > 0,
      'managed policies',
      actual.policies,
      [...desired.policies].sort(),
    ),
    ...inlineNames.flatMap((name) =>
      when(true, `inline policy ${name}`, actual.inlinePolicies[name], desired.inlinePolicies[name]),
    ),
    ...when(changes.boundary, 'permissions boundary', actual.permissionsBoundary, desired.permissionsBoundary),
    ...when(
      changes.maxSessionDuration,
      'maximum session duration (seconds)',
      actual.maxSessionDuration,
      desired.maxSessionDuration,
    ),
    ...[...Object.keys(changes.tag), ...changes.untag]
      .sort()
      .flatMap((key) => when(true, `tags.${key}`, actual.tags[key], changes.tag[key])),
  ]
}

/** A role to be made, as a plan shows it. */
export function describeNewRole(path: string, desired: DesiredRole): Change[] {
  const { policies, permissionsBoundary, tags } = desired
  return [
    ...when(true, 'path', undefined, path),
    ...when(true, 'trust policy', undefined, desired.trustPolicy),
    ...when(policies.length > 0, 'managed policies', undefined, [...policies].sort()),
    ...Object.entries(desired.inlinePolicies).flatMap(([name, document]) =>
      when(true, `inline policy ${name}`, undefined, document),
    ),
    ...when(permissionsBoundary !== undefined, 'permissions boundary', undefined, permissionsBoundary),
    ...when(true, 'maximum session duration (seconds)', undefined, desired.maxSessionDuration),
    ...Object.entries(tags).flatMap(([key, text]) => when(true, `tags.${key}`, undefined, text)),
  ]
}

/** What goes with a role. */
export function describeRoleRemoval(actual: ActualRole): Change[] {
  if (isAdopted(actual.tags)) {
    return when(
      true,
      'marks (the role was adopted, so it stays, and its policies with it)',
      releasedTags(actual.tags),
      undefined,
    )
  }
  return [
    ...when(true, 'arn', actual.arn, undefined),
    ...when(true, 'trust policy', actual.trustPolicy, undefined),
    ...when(actual.policies.length > 0, 'managed policies', actual.policies, undefined),
    ...Object.keys(actual.inlinePolicies)
      .sort()
      .flatMap((name) => when(true, `inline policy ${name}`, actual.inlinePolicies[name], undefined)),
  ]
}

function when(changed: boolean, field: string, before: JsonValue | undefined, after: JsonValue | undefined): Change[] {
  if (!changed) return []
  return [{ field, ...side('before', before), ...side('after', after) }]
}

function side(name: 'before' | 'after', value: JsonValue | undefined): { before?: Shown; after?: Shown } {
  if (value === undefined) return {}
  const shown: Shown = { kind: 'value', value }
  return name === 'before' ? { before: shown } : { after: shown }
}

function differs(wanted: JsonValue | undefined, there: JsonValue | undefined): boolean {
  return canonicalJson(wanted) !== canonicalJson(there)
}
