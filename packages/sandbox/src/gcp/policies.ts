import type { Delayed } from './delayed.ts'
import { GoogleFault, invalid } from './google-fault.ts'
import { objectField, refuseUnknownFields, textField, textsField } from './request.ts'
import { type Binding, newEtag, type Policy } from './state.ts'

const member =
  /^(?:allUsers|allAuthenticatedUsers|(?:deleted:)?(?:user|group|domain|serviceAccount):\S+|principal(?:Set)?:\/\/iam\.googleapis\.com\/projects\/\d+\/locations\/global\/workloadIdentityPools\/[a-z0-9-]+\/\S+)$/

/** Principals that one policy may hold (IAM quotas and limits). */
const mostPrincipals = 1_500

/** Replaces a policy if its etag is the one that was read. @throws GoogleFault ABORTED, INVALID_ARGUMENT */
export function writePolicy(
  policy: Delayed<Policy>,
  body: Readonly<Record<string, unknown>>,
  somebodyElseWrites: boolean,
): Policy | undefined {
  const wanted = objectField(body, 'policy')
  if (wanted === undefined) throw invalid('Policy is required.')
  refuseUnknownFields(wanted, ['version', 'etag', 'bindings', 'auditConfigs'])
  const bindings = readBindings(wanted['bindings'])
  if (somebodyElseWrites) touch(policy)
  const etag = textField(wanted, 'etag')
  // Google lets a policy without an etag overwrite blindly; whoever does so here has a fault.
  if (etag === undefined) throw invalid('The sandbox takes no policy without the etag that was read with it.')
  if (etag !== policy.current?.etag) throw concurrent()
  const version = wanted['version'] === 3 ? 3 : 1
  policy.set({ version, etag: newEtag(), bindings })
  return policy.current
}

function touch(policy: Delayed<Policy>): void {
  if (policy.current !== undefined) policy.set({ ...policy.current, etag: newEtag() })
}

function concurrent(): GoogleFault {
  return new GoogleFault(
    'ABORTED',
    'There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff.',
  )
}

function readBindings(value: unknown): readonly Binding[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) throw invalid("Invalid value at 'policy.bindings'")
  const bindings = value.map(readBinding)
  const principals = bindings.flatMap(({ members }) => members)
  if (principals.length > mostPrincipals)
    throw invalid(`The number of members in the policy (${principals.length}) is larger than the maximum allowed size.`)
  return bindings.filter(({ members }) => members.length > 0)
}

function readBinding(value: unknown): Binding {
  const fields = objectField({ binding: value }, 'binding') ?? {}
  refuseUnknownFields(fields, ['role', 'members', 'condition'])
  const role = textField(fields, 'role') ?? ''
  const members = textsField(fields, 'members') ?? []
  if (!/^(?:projects\/[^/]+\/|organizations\/\d+\/)?roles\/[\w.]+$/.test(role))
    throw invalid(`Role ${role} is not supported for this resource.`)
  const wrong = members.find((one) => !member.test(one))
  if (wrong !== undefined)
    throw invalid(`The member ${wrong} is of an unknown type. Please set a valid type prefix for the member.`)
  const condition = objectField(fields, 'condition')
  if (condition === undefined) return { role, members }
  return {
    role,
    members,
    condition: {
      title: textField(condition, 'title') ?? '',
      expression: textField(condition, 'expression') ?? '',
    },
  }
}
