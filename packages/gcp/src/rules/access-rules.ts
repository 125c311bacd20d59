import { type Finding, failed, passed, unknown } from '@federate/core/rules'
import { memberMatches, parseMember } from './member.ts'
import { type FederatedPrincipal, principalOf } from './principal.ts'
import type { AcceptanceQuestion, Access, IamPolicy, PolicyBinding } from './question.ts'
import { lifetimeTooLong, permissionDenied } from './refusals.ts'
import type { Rule } from './rule.ts'

/** Roles with iam.serviceAccounts.getAccessToken (IAM roles reference); custom roles may have it too. */
const impersonationRoles = ['roles/iam.workloadIdentityUser', 'roles/iam.serviceAccountTokenCreator']

const bindingRule: Rule = {
  name: 'binding',
  needs: ['provider', 'provider-storable', 'subject'],
  check(question) {
    const { access } = question
    const principal = principalOf(question)
    if (access === undefined || principal === undefined) return []
    if (access.policy === undefined)
      return [unknown(`The IAM policy of ${resourceOf(access)} is not known here.`, policyHint(access))]
    const bindings = access.policy.bindings.filter((binding) => covers(binding, principal))
    const sure = bindings.filter(({ condition }) => condition === undefined)
    const giving = sure.find(({ role }) => gives(role, access) === 'yes')
    if (giving !== undefined)
      return [passed('The policy lets the principal in.', { expected: giving.role, actual: name(principal) })]
    const open = bindings.find(({ role }) => gives(role, access) !== 'no')
    if (open !== undefined) return [undecided(open)]
    return [denied(access, access.policy, bindings, principal)]
  },
}

function covers({ members }: PolicyBinding, principal: FederatedPrincipal): boolean {
  return members.some((member) => memberMatches(member, principal))
}

/** Whether a role has the permission that is needed; custom and basic roles are not known here. */
function gives(role: string, access: Access): 'yes' | 'no' | 'perhaps' {
  if (access.kind === 'direct') return access.role === undefined || role === access.role ? 'yes' : 'no'
  if (impersonationRoles.includes(role)) return 'yes'
  return role.startsWith('roles/iam.') ? 'no' : 'perhaps'
}

function undecided({ role, condition }: PolicyBinding): Finding {
  return condition === undefined
    ? unknown(`Whether ${role} has iam.serviceAccounts.getAccessToken is not known here.`, {
        next: 'Bind roles/iam.workloadIdentityUser, which has it.',
      })
    : unknown('The binding has a condition of its own, which is not judged here.', {
        expected: condition.expression,
        next: 'Check it with the Policy Troubleshooter.',
      })
}

function denied(
  access: Access,
  policy: IamPolicy,
  bindings: readonly PolicyBinding[],
  principal: FederatedPrincipal,
): Finding {
  const permission =
    access.kind === 'impersonation' ? 'iam.serviceAccounts.getAccessToken' : (access.role ?? 'any role')
  const wanted = access.kind === 'impersonation' ? 'roles/iam.workloadIdentityUser' : (access.role ?? 'a role')
  const [other] = bindings
  if (other !== undefined)
    return failed(
      permissionDenied(permission),
      `${resourceOf(access)} gives the principal another role than is needed.`,
      {
        expected: wanted,
        actual: other.role,
        next: `Bind ${wanted} to ${name(principal)}.`,
      },
    )
  const members = policy.bindings.flatMap((binding) => binding.members)
  const nearest = members.map((member) => nearly(member, principal)).find((one) => one !== undefined)
  return failed(
    permissionDenied(permission),
    `No binding of ${resourceOf(access)} has a member that means the principal.`,
    {
      expected: nearest?.member ?? (members.join(', ') || '(no member)'),
      actual: name(principal),
      next: nearest?.advice ?? `Bind ${wanted} to ${name(principal)}, or run federate setup gcp.`,
    },
  )
}

/** What is wrong with a member that was likely meant. */
function nearly(member: string, principal: FederatedPrincipal): { member: string; advice: string } | undefined {
  const parsed = parseMember(member)
  if (member.startsWith('deleted:'))
    return { member, advice: 'That member is of a pool that was deleted: bind the principal anew.' }
  if (parsed === undefined) return chained(member)
  if (!/^\d+$/.test(parsed.project))
    return { member, advice: `Members name the project by its number: ${principal.project}, not ${parsed.project}.` }
  if (parsed.project !== principal.project || parsed.pool !== principal.pool)
    return { member, advice: 'That member is of another pool than the one that the token came in by.' }
  if (parsed.who.kind === 'attribute' && !principal.attributes.has(parsed.who.name))
    return {
      member,
      advice: `That member needs attribute.${parsed.who.name}, which the provider does not map from this token.`,
    }
  if (parsed.who.kind === 'attribute')
    return {
      member,
      advice: `attribute.${parsed.who.name} of the token is ${principal.attributes.get(parsed.who.name)}, and members are compared letter by letter.`,
    }
  if (parsed.who.kind === 'subject' && parsed.who.value.toLowerCase() === principal.subject.toLowerCase())
    return { member, advice: 'Members are compared letter by letter, upper and lower case included.' }
  return { member, advice: 'Check which service got this token, and which principal the policy means.' }
}

/** What looks like a member of a pool and is none: principalSet with a subject, and the like. */
function chained(member: string): { member: string; advice: string } | undefined {
  if (!/^principal(Set)?:\/\//.test(member)) return undefined
  return {
    member,
    advice:
      'That member has no form that Google knows: principal://…/subject/<value>, or principalSet://… with group, attribute.<name> or *.',
  }
}

function name({ project, pool, subject }: FederatedPrincipal): string {
  return `principal://iam.googleapis.com/projects/${project}/locations/global/workloadIdentityPools/${pool}/subject/${subject}`
}

function resourceOf(access: Access): string {
  return access.kind === 'impersonation' ? access.serviceAccount : access.resource
}

function policyHint(access: Access): { next: string } {
  const command =
    access.kind === 'impersonation'
      ? `gcloud iam service-accounts get-iam-policy ${access.serviceAccount} --format=json`
      : 'get-iam-policy --format=json'
  return { next: `Give the policy too: save what \`${command}\` prints, and name that file.` }
}

/** What generateAccessToken gives without and with the organisation policy (iamcredentials reference). */
const usualLifetime = 3600
const longestLifetime = 43_200

const lifetimeRule: Rule = {
  name: 'access-token-lifetime',
  needs: [],
  check({ access }: AcceptanceQuestion) {
    const lifetime = access?.kind === 'impersonation' ? access.lifetime : undefined
    if (lifetime === undefined || lifetime <= usualLifetime)
      return access === undefined ? [] : [passed('The access token is asked for a lifetime that is allowed.')]
    const pair = { expected: `at most ${usualLifetime} seconds`, actual: `${lifetime} seconds` }
    if (lifetime <= longestLifetime)
      return [
        unknown(
          'More than an hour needs the organisation policy constraints/iam.allowServiceAccountCredentialLifetimeExtension.',
          {
            ...pair,
            next: 'Ask for an hour: the token is renewed anyway.',
          },
        ),
      ]
    return [
      failed(lifetimeTooLong(), 'No access token lives longer than twelve hours.', {
        ...pair,
        next: 'Ask for an hour.',
      }),
    ]
  },
}

/** What comes after the exchange: whether IAM lets the principal in. */
export const accessRules: readonly Rule[] = [bindingRule, lifetimeRule]
