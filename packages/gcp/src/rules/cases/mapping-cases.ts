import { type AcceptanceCase, accepted, refused, unknownBecause } from './acceptance-case.ts'
import { sources } from './sources.ts'

const subject = (expression: string) => ({ attributeMapping: { 'google.subject': expression } })
const also = (key: string, expression: string) => ({
  attributeMapping: { 'google.subject': 'assertion.sub', [key]: expression },
})
const tooLong = /^The size of mapped attribute google.subject exceeds the 127 bytes limit/
const nothing = 'Could not obtain a value for google.subject from the given credential.'
const connection = `${'p'.repeat(130)}/sc/6fa2c5c0-connection`
const storable = (code = 'invalid_target') => refused('provider-storable', code)

/** What the mappings make of a token, in CEL. */
export const mappingCases: readonly AcceptanceCase[] = [
  { name: 'the subject as it is', source: `${sources.pipelines}: google.subject=assertion.sub`, expected: accepted },
  {
    name: 'a subject of 127 bytes',
    source: `${sources.rest}, google.subject: cannot exceed 127 bytes`,
    claims: { sub: 's'.repeat(127) },
    expected: accepted,
  },
  {
    name: 'a subject of 128 bytes',
    source: `${sources.troubleshoot}: exceeds the 127 bytes limit; google-github-actions/auth#124`,
    claims: { sub: 's'.repeat(128) },
    expected: refused('subject', 'invalid_request', tooLong),
  },
  {
    name: 'a subject of 64 letters with two bytes each',
    source: `${sources.rest}, google.subject: bytes, not characters`,
    claims: { sub: 'ü'.repeat(64) },
    expected: refused('subject', 'invalid_request', tooLong),
  },
  {
    name: 'a long GitHub branch',
    source: 'google-github-actions/auth#423',
    claims: { sub: `repo:acme/billing:ref:refs/heads/${'feature-'.repeat(16)}` },
    expected: refused('subject', 'invalid_request', tooLong),
  },
  {
    name: 'a long subject, shortened by split as for Azure DevOps',
    source: `${sources.pipelines}: google.subject=assertion.sub.split('/sc/')[1]`,
    provider: subject("assertion.sub.split('/sc/')[1]"),
    claims: { sub: connection },
    expected: accepted,
  },
  {
    name: 'the same mapping for a subject without that part',
    source: `${sources.celSpec}: an index out of range is an error`,
    provider: subject("assertion.sub.split('/sc/')[1]"),
    expected: refused('subject', 'unauthorized_client', nothing),
  },
  {
    name: 'a long subject, shortened by extract',
    source: `${sources.troubleshoot}: google.subject=assertion.sub.extract('/users/{sub_claim}')`,
    provider: subject("assertion.sub.extract('/users/{sub_claim}')"),
    claims: { sub: `${'o'.repeat(130)}/users/anna` },
    expected: accepted,
  },
  {
    name: 'extract that finds nothing',
    source: `${sources.extract}: a prefix that does not appear gives an empty string`,
    provider: subject("assertion.sub.extract('/users/{sub_claim}')"),
    expected: refused('subject', 'unauthorized_client', nothing),
  },
  {
    name: 'the workspace of HCP Terraform',
    source: `${sources.pipelines}: google.subject=assertion.terraform_workspace_id`,
    provider: subject('assertion.terraform_workspace_id'),
    claims: { terraform_workspace_id: 'ws-1234' },
    expected: accepted,
  },
  {
    name: 'a claim that the token lacks',
    source:
      'Google’s troubleshooting for google.subject: "Could not obtain a value for google.subject from the given credential"',
    provider: subject('assertion.oid'),
    expected: refused('subject', 'unauthorized_client', nothing),
  },
  {
    name: 'no sub in the token',
    source: `${sources.measured}; ${sources.sts}: sub is required`,
    claims: { sub: undefined },
    expected: refused('subject', 'unauthorized_client', nothing),
  },
  {
    name: 'an empty claim',
    source: 'cloud.google.com/chrome-enterprise-premium/docs: "couldn\'t extract a value for google.subject"',
    claims: { sub: '' },
    expected: refused('subject', 'unauthorized_client', nothing),
  },
  {
    name: 'a condition put where the subject belongs',
    source: 'google-github-actions/auth#378',
    provider: subject("(assertion.sub=='service-account-billing')"),
    expected: refused(
      'subject',
      'unauthorized_client',
      "The mapped attribute 'google.subject' must be of type STRING.",
    ),
  },
  {
    name: 'the same in quotes: a constant',
    source: 'google-github-actions/auth#378, the second comment',
    provider: subject('"(assertion.sub==\'service-account-billing\')"'),
    expected: accepted,
  },
  {
    name: 'a number as the subject',
    source: `google-github-actions/auth#378: must be of type STRING`,
    provider: subject('assertion.user_id'),
    claims: { user_id: 42 },
    expected: refused('subject', 'unauthorized_client', /must be of type STRING/),
  },
  {
    name: 'a number made a text',
    source: `${sources.celSpec}: string(double)`,
    provider: subject('string(assertion.user_id)'),
    claims: { user_id: 42 },
    expected: accepted,
  },
  {
    name: 'texts put together',
    source: 'ecadlabs/signatory#645: google.subject="gcpcs::"+assertion.submods.container.image_digest+…',
    provider: subject('"gcpcs::"+assertion.submods.container.image_digest+"::"+assertion.submods.gce.project_number'),
    claims: { submods: { container: { image_digest: 'sha256:1' }, gce: { project_number: '1234' } } },
    expected: accepted,
  },
  {
    name: 'a claim with dots and slashes in its name',
    source: `${sources.celSpec}: a map is indexed by any text`,
    provider: subject("assertion['kubernetes.io']['pod']['name']"),
    claims: { 'kubernetes.io': { pod: { name: 'billing-0' } } },
    expected: accepted,
  },
  {
    name: 'a default for a claim that may be absent',
    source: `${sources.celSpec}: has(e.f)`,
    provider: subject('has(assertion.email) ? assertion.email : assertion.sub'),
    expected: accepted,
  },
  {
    name: 'the default mapping for AWS: an assumed role',
    source: `${sources.rest}, attributeMapping: the default for AWS providers`,
    provider: also(
      'attribute.aws_role',
      "assertion.arn.contains('assumed-role') ? assertion.arn.extract('{account_arn}assumed-role/') + 'assumed-role/' + assertion.arn.extract('assumed-role/{role_name}/') : assertion.arn",
    ),
    claims: { arn: 'arn:aws:sts::123456789012:assumed-role/billing/session' },
    expected: accepted,
  },
  {
    name: 'GitLab’s ids',
    source: `${sources.pipelines}: attribute.project_id=assertion.project_id`,
    provider: also('attribute.project_id', 'assertion.project_id'),
    claims: { project_id: '7' },
    expected: accepted,
  },
  {
    name: 'a list as an attribute',
    source: 'google-github-actions/auth#378: attributes are STRING; Keycloak writes aud as a list when there are two',
    provider: also('attribute.aud', 'assertion.aud'),
    claims: { aud: ['account', 'sts.googleapis.com'] },
    expected: refused('attributes', 'unauthorized_client', /'attribute.aud' must be of type STRING/),
  },
  {
    name: 'a list joined to a text',
    source: `${sources.celSpec} and its strings extension: join`,
    provider: also('attribute.roles', "assertion.roles.join(',')"),
    claims: { roles: ['reader', 'writer'] },
    expected: accepted,
  },
  {
    name: 'an attribute that this token has not',
    source: `${sources.rest} does not say what becomes of the exchange`,
    provider: also('attribute.environment', 'assertion.environment'),
    expected: unknownBecause('attributes'),
  },
  {
    name: 'groups',
    source: `${sources.rest}, google.groups`,
    provider: also('google.groups', 'assertion.groups'),
    claims: { groups: ['admins', 'billing'] },
    expected: accepted,
  },
  {
    name: 'one text as groups',
    source: `${sources.rest}, google.groups: groups that the identity belongs to, a list`,
    provider: also('google.groups', 'assertion.group'),
    claims: { group: 'admins' },
    expected: refused('attributes', 'unauthorized_client', /'google.groups' must be of type LIST/),
  },
  {
    name: 'attributes of more than 8 KB together',
    source: `${sources.rest}, attributeMapping: the total size must not exceed 8KB`,
    provider: also('google.groups', 'assertion.groups'),
    claims: { groups: Array.from({ length: 200 }, (_, at) => `${'g'.repeat(40)}${at}`) },
    expected: refused('attribute-sizes', 'invalid_request'),
  },
  {
    name: 'no mapping of google.subject',
    source: `${sources.rest}, attributeMapping: must include the google.subject attribute; google-github-actions/auth#121`,
    provider: { attributeMapping: { 'attribute.actor': 'assertion.sub' } },
    expected: storable(),
  },
  {
    name: 'a key in upper case',
    source: `${sources.rest}, attributeMapping: only the characters [a-z0-9_]`,
    provider: also('attribute.Actor', 'assertion.sub'),
    expected: storable(),
  },
  {
    name: 'a key of 101 characters',
    source: `${sources.rest}, attributeMapping: the maximum length of a key is 100`,
    provider: also(`attribute.${'k'.repeat(101)}`, 'assertion.sub'),
    expected: storable(),
  },
  {
    name: 'a key that Google has not',
    source: `${sources.rest}, attributeMapping: google.subject, google.groups and attribute.…`,
    provider: also('google.email', 'assertion.sub'),
    expected: storable(),
  },
  {
    name: 'fifty custom attributes',
    source: `${sources.rest}, attributeMapping: a maximum of 50`,
    provider: {
      attributeMapping: {
        'google.subject': 'assertion.sub',
        ...Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`attribute.a${at}`, 'assertion.sub'])),
      },
    },
    expected: accepted,
  },
  {
    name: 'fifty-one custom attributes',
    source: `${sources.rest}, attributeMapping: a maximum of 50`,
    provider: {
      attributeMapping: {
        'google.subject': 'assertion.sub',
        ...Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`attribute.a${at}`, 'assertion.sub'])),
      },
    },
    expected: storable(),
  },
  {
    name: 'an expression of 2,049 characters',
    source: `${sources.rest}, attributeMapping: the maximum length of an expression is 2048`,
    provider: subject(`assertion.sub${' '.repeat(2049 - 'assertion.sub'.length)}`),
    expected: storable(),
  },
  {
    name: 'a mapping that reads another attribute',
    source: `${sources.rest}, attributeMapping: you can use the assertion keyword`,
    provider: also('attribute.copy', 'google.subject'),
    expected: storable(),
  },
  {
    name: 'a claim without assertion before it',
    source: `${sources.rest}, attributeMapping: you can use the assertion keyword`,
    provider: subject('sub'),
    expected: storable(),
  },
  {
    name: 'a mapping that does not parse',
    source: `${sources.celSpec}: the grammar`,
    provider: subject('assertion.sub +'),
    expected: storable(),
  },
  {
    name: 'a function that no CEL has',
    source: `${sources.celSpec}: the list of standard definitions`,
    provider: subject('sha256(assertion.sub)'),
    expected: storable(),
  },
  {
    name: 'a function of the strings extension that Google does not document',
    source: `${sources.extract} and ${sources.pipelines} document extract and split only`,
    provider: subject('assertion.sub.lowerAscii()'),
    expected: unknownBecause('functions'),
  },
]
