import type { CredentialProblem } from '../limits.ts'
import type { FederatedCredential } from '../question.ts'
import { credential } from './acceptance-case.ts'
import { sources } from './sources.ts'

/** A federated credential beside others of its parent, and what cannot be stored of it. */
export interface LimitCase {
  readonly name: string
  readonly source: string
  readonly credential: FederatedCredential
  readonly siblings: readonly FederatedCredential[]
  readonly expected: readonly CredentialProblem['field'][]
}

const others = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ ...credential, name: `other-${index}`, subject: `other-${index}` }))
const maximum = `${sources.considerations}: a maximum of 20 federated identity credentials`
const length = `${sources.resource}; limited to 600 characters`
const name = `${sources.considerations}: name of 3-120 symbols, alphanumeric, dash, underscore, the first alphanumeric`

/** What Graph and Resource Manager refuse to store. */
export const limitCases: readonly LimitCase[] = [
  { name: 'the first of a parent', source: maximum, credential, siblings: [], expected: [] },
  { name: 'the 20th', source: maximum, credential, siblings: others(19), expected: [] },
  {
    name: 'the 21st',
    source: `${maximum}; Azure/azure-workload-identity#575`,
    credential,
    siblings: others(20),
    expected: ['parent'],
  },
  {
    name: 'two audiences',
    source: `${sources.considerations}: "must have exactly one audience"`,
    credential: { ...credential, audiences: ['a', 'b'] },
    siblings: [],
    expected: ['audiences'],
  },
  {
    name: 'no audience',
    source: `${sources.considerations}: "must have exactly one audience"`,
    credential: { ...credential, audiences: [] },
    siblings: [],
    expected: ['audiences', 'audiences'],
  },
  {
    name: 'issuer and subject of another',
    source: `${sources.considerations}: "Issuer and subject combination already exists"`,
    credential,
    siblings: [{ ...credential, name: 'twin' }],
    expected: ['subject'],
  },
  {
    name: 'issuer and subject of another, with another audience',
    source: `${sources.resource}; the combination of issuer and subject must be unique on the app`,
    credential,
    siblings: [{ ...credential, name: 'twin', audiences: ['openshift'] }],
    expected: ['subject'],
  },
  {
    name: 'the subject of another in other letters',
    source: sources.caseSensitive,
    credential,
    siblings: [{ ...credential, name: 'twin', subject: credential.subject.toUpperCase() }],
    expected: [],
  },
  {
    name: 'a subject of 600 characters',
    source: length,
    credential: { ...credential, subject: 'x'.repeat(600) },
    siblings: [],
    expected: [],
  },
  {
    name: 'a subject of 601 characters',
    source: length,
    credential: { ...credential, subject: 'x'.repeat(601) },
    siblings: [],
    expected: ['subject'],
  },
  {
    name: 'an issuer of 601 characters',
    source: length,
    credential: { ...credential, issuer: `https://${'x'.repeat(593)}` },
    siblings: [],
    expected: ['issuer'],
  },
  {
    name: 'an empty subject',
    source: `${sources.considerations}: "has empty properties"`,
    credential: { ...credential, subject: '' },
    siblings: [],
    expected: ['subject'],
  },
  {
    name: 'a name of two letters',
    source: name,
    credential: { ...credential, name: 'ab' },
    siblings: [],
    expected: ['name'],
  },
  {
    name: 'a name of 121 letters',
    source: name,
    credential: { ...credential, name: 'a'.repeat(121) },
    siblings: [],
    expected: ['name'],
  },
  {
    name: 'a name with a dot',
    source: name,
    credential: { ...credential, name: 'a.bc' },
    siblings: [],
    expected: ['name'],
  },
  {
    name: 'a name with a dash first',
    source: name,
    credential: { ...credential, name: '-abc' },
    siblings: [],
    expected: ['name'],
  },
]
