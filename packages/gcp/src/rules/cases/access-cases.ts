import {
  type AcceptanceCase,
  accepted,
  account,
  impersonation,
  member,
  refused,
  unknownBecause,
} from './acceptance-case.ts'
import { sources } from './sources.ts'

const denied = refused(
  'binding',
  'PERMISSION_DENIED',
  "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).",
)
const subject = member('subject/service-account-billing')
const mapped = (key: string, expression: string) => ({
  attributeMapping: { 'google.subject': 'assertion.sub', [key]: expression },
})
const team = { provider: mapped('attribute.team', 'assertion.team'), claims: { team: 'core' } }
const groups = { provider: mapped('google.groups', 'assertion.groups'), claims: { groups: ['admins', 'users'] } }

/** Whether IAM lets the principal in once the token was exchanged. */
export const accessCases: readonly AcceptanceCase[] = [
  { name: 'the exchange alone', source: sources.sts, expected: accepted },
  { name: 'the subject', source: sources.principals, access: impersonation([subject]), expected: accepted },
  {
    name: 'another subject',
    source: 'google-github-actions/auth#310',
    access: impersonation([member('subject/service-account-reports')]),
    expected: denied,
  },
  {
    name: 'the subject in other letters',
    source: sources.authTroubleshooting,
    access: impersonation([member('subject/Service-Account-Billing')]),
    expected: denied,
  },
  {
    name: 'no binding at all',
    source: 'google-github-actions/auth#340, google-github-actions/auth#455',
    access: { kind: 'impersonation', serviceAccount: account, policy: { bindings: [] } },
    expected: denied,
  },
  {
    name: 'a subject behind principalSet',
    source: 'google-github-actions/auth#310: principalSet does not go with a subject',
    access: impersonation([member('subject/service-account-billing', true)]),
    expected: denied,
  },
  {
    name: 'the project by its id in the member',
    source: sources.authTroubleshooting,
    access: impersonation([subject.replace('123456789012', 'acme-prod')]),
    expected: denied,
  },
  {
    name: 'another pool in the member',
    source: sources.principals,
    access: impersonation([subject.replace('keycloak', 'github')]),
    expected: denied,
  },
  {
    name: 'everybody in the pool',
    source: sources.principals,
    access: impersonation([member('*', true)]),
    expected: accepted,
  },
  {
    name: 'an attribute',
    source: sources.principals,
    ...team,
    access: impersonation([member('attribute.team/core', true)]),
    expected: accepted,
  },
  {
    name: 'another value of an attribute',
    source: 'google-github-actions/auth#292: the repository was renamed',
    ...team,
    access: impersonation([member('attribute.team/data', true)]),
    expected: denied,
  },
  {
    name: 'an attribute with a slash in its value',
    source: 'google-github-actions/auth#243: attribute.repository/user/repo',
    provider: mapped('attribute.repository', 'assertion.repository'),
    claims: { repository: 'acme/billing' },
    access: impersonation([member('attribute.repository/acme/billing', true)]),
    expected: accepted,
  },
  {
    name: 'an attribute that is not mapped',
    source: 'google-github-actions/auth#78: the mapping attribute.repository was missing',
    access: impersonation([member('attribute.repository/acme/billing', true)]),
    expected: denied,
  },
  {
    name: 'two attributes chained in one member',
    source: 'google-github-actions/auth#233',
    ...team,
    access: impersonation([member('attribute.team/core/attribute.ref/main', true)]),
    expected: denied,
  },
  {
    name: 'a group',
    source: sources.principals,
    ...groups,
    access: impersonation([member('group/users', true)]),
    expected: accepted,
  },
  {
    name: 'a group that the token has not',
    source: sources.principals,
    ...groups,
    access: impersonation([member('group/owners', true)]),
    expected: denied,
  },
  {
    name: 'groups that are not mapped',
    source: sources.principals,
    claims: { groups: ['users'] },
    access: impersonation([member('group/users', true)]),
    expected: denied,
  },
  {
    name: 'a service account as member',
    source: sources.principals,
    access: impersonation([`serviceAccount:${account}`]),
    expected: denied,
  },
  {
    name: 'allAuthenticatedUsers',
    source: 'cloud.google.com/iam/docs/principals-overview: does not include identities from external providers',
    access: impersonation(['allAuthenticatedUsers']),
    expected: denied,
  },
  {
    name: 'a member of a deleted pool',
    source: 'cloud.google.com/iam/docs/policies, deleted principals: the prefix deleted:',
    access: impersonation([`deleted:${subject}`]),
    expected: denied,
  },
  {
    name: 'a role that may not make tokens',
    source: 'cloud.google.com/iam/docs/service-account-permissions: Service Account User has no getAccessToken',
    access: impersonation([subject], 'roles/iam.serviceAccountUser'),
    expected: denied,
  },
  {
    name: 'the token creator',
    source: 'cloud.google.com/iam/docs/service-account-permissions: Service Account Token Creator',
    access: impersonation([subject], 'roles/iam.serviceAccountTokenCreator'),
    expected: accepted,
  },
  {
    name: 'a role of one’s own',
    source: 'cloud.google.com/iam/docs/creating-custom-roles: its permissions are not in the policy',
    access: impersonation([subject], 'projects/acme-prod/roles/federation'),
    expected: unknownBecause('binding'),
  },
  {
    name: 'a binding with a condition',
    source: 'cloud.google.com/iam/docs/conditions-overview: the role is given only if it is true',
    access: impersonation([subject], 'roles/iam.workloadIdentityUser', {
      expression: 'request.time < timestamp("2030-01-01T00:00:00Z")',
    }),
    expected: unknownBecause('binding'),
  },
  {
    name: 'a policy that is not at hand',
    source: 'cloud.google.com/iam/docs/allow-policies: access is decided by the policy',
    access: { kind: 'impersonation', serviceAccount: account, policy: undefined },
    expected: unknownBecause('binding'),
  },
  {
    name: 'the role on a bucket, directly',
    source: `${sources.pipelines}: Direct resource access`,
    access: {
      kind: 'direct',
      resource: 'gs://lake',
      role: 'roles/storage.objectViewer',
      policy: { bindings: [{ role: 'roles/storage.objectViewer', members: [subject] }] },
    },
    expected: accepted,
  },
  {
    name: 'another role on a bucket',
    source: `${sources.pipelines}: Direct resource access`,
    access: {
      kind: 'direct',
      resource: 'gs://lake',
      role: 'roles/storage.objectAdmin',
      policy: { bindings: [{ role: 'roles/storage.objectViewer', members: [subject] }] },
    },
    expected: refused('binding', 'PERMISSION_DENIED'),
  },
  {
    name: 'an access token for an hour',
    source: sources.measured,
    access: {
      ...impersonation([subject]),
      kind: 'impersonation',
      serviceAccount: account,
      policy: { bindings: [{ role: 'roles/iam.workloadIdentityUser', members: [subject] }] },
      lifetime: 3600,
    },
    expected: accepted,
  },
  {
    name: 'an access token for a second more',
    source: `${sources.measured}: 3601s needs the organisation policy`,
    access: {
      kind: 'impersonation',
      serviceAccount: account,
      policy: { bindings: [{ role: 'roles/iam.workloadIdentityUser', members: [subject] }] },
      lifetime: 3601,
    },
    expected: unknownBecause('access-token-lifetime'),
  },
  {
    name: 'an access token for thirteen hours',
    source: `${sources.measured}: up to 12 hours at most`,
    access: {
      kind: 'impersonation',
      serviceAccount: account,
      policy: { bindings: [{ role: 'roles/iam.workloadIdentityUser', members: [subject] }] },
      lifetime: 46_800,
    },
    expected: refused('access-token-lifetime', 'INVALID_ARGUMENT'),
  },
]
