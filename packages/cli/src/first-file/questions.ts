import type { JsonValue } from '@federate/core/plan'
import type { CloudName } from '../clouds.ts'

/** What was answered so far, by the names of the questions. */
export type Answers = Readonly<Record<string, string>>

/** Something that `init` has to know, by a flag or by asking. */
export interface Question {
  /** The name of its flag as commander gives it: `account` for `--account`. */
  readonly name: string
  readonly flag: string
  readonly text: string
  /** What an empty answer means. Default: an answer is needed. */
  readonly preset?: (answers: Answers) => string
  /** Whether no answer is one, too. */
  readonly optional?: true
  /** Whether it matters after these answers. Default: always. */
  readonly matters?: (answers: Answers) => boolean
  /** A right answer: it stands in the file for questions that were not asked yet, while earlier answers are checked. */
  readonly example: string
  /** Where the answer stands in the file. */
  readonly place: RegExp
}

export const commonQuestions: readonly Question[] = [
  {
    name: 'service',
    flag: '--service',
    text: 'Name of the service',
    preset: () => 'billing',
    example: 'billing',
    place: /^services(?:\.[^.]+)?$/,
  },
  {
    name: 'owner',
    flag: '--owner',
    text: 'Owner, the name all marks carry',
    preset: () => 'acme-platform',
    example: 'acme-platform',
    place: /^owner$/,
  },
  {
    name: 'issuer',
    flag: '--issuer',
    text: "Issuer URL, exactly as in its tokens' iss",
    example: 'https://keycloak.example.com/realms/prod',
    place: /^issuers\./,
  },
]

/** Flags that no question is asked for, with where they stand in the file. */
export const unaskedFlags: readonly Pick<Question, 'flag' | 'place'>[] = [
  { flag: '--secret-file', place: /^services\..+\.auth\./ },
  { flag: '--subject', place: /^services\..+\.subject$/ },
  { flag: '--policy', place: /\.policies(?:\[\d+\])?$/ },
]

/** What `init` asks of one cloud, and what becomes of the answers. */
interface FirstTarget {
  readonly questions: readonly Question[]
  target(answers: Answers, lists: Readonly<Record<string, readonly string[]>>): Readonly<Record<string, JsonValue>>
}

const serviceName = ({ service = '' }: Answers) => service

export const firstTargets: Readonly<Record<CloudName, FirstTarget>> = {
  aws: {
    questions: [
      {
        name: 'account',
        flag: '--account',
        text: 'AWS account (12 digits)',
        example: '123456789012',
        place: /\.account$/,
      },
      {
        name: 'role',
        flag: '--role',
        text: 'Name of the IAM role',
        preset: serviceName,
        example: 'billing',
        place: /\.role$/,
      },
    ],
    target: ({ account = '', role = '' }, { policy = [] }) => ({ account, role, policies: policy }),
  },
  gcp: {
    questions: [
      {
        name: 'project',
        flag: '--project',
        text: 'Google Cloud project (its id)',
        example: 'acme-prod',
        place: /\.project$/,
      },
      {
        name: 'serviceAccount',
        flag: '--service-account',
        text: 'Service account to become: an id to make, or the email address of one that is there (empty: none, the service acts as itself)',
        optional: true,
        example: 'billing-svc',
        place: /\.serviceAccount$/,
      },
      {
        name: 'projectRole',
        flag: '--project-role',
        text: 'Role on the project that the service has as itself (or give --service-account)',
        matters: ({ serviceAccount = '' }) => serviceAccount === '',
        example: 'roles/storage.objectViewer',
        place: /\.roles(?:\[\d+\])?$/,
      },
    ],
    target: ({ project = '', serviceAccount = '', projectRole = '' }) => ({
      project,
      ...(serviceAccount === '' ? {} : { serviceAccount }),
      ...(projectRole === '' ? {} : { roles: [projectRole] }),
    }),
  },
  azure: {
    questions: [
      {
        name: 'tenant',
        flag: '--tenant',
        text: 'Tenant id (az account show)',
        example: '2a585d57-a5a8-4688-a60c-9796389eae7a',
        place: /\.tenant$/,
      },
      {
        name: 'application',
        flag: '--application',
        text: 'Name of the application to become',
        preset: serviceName,
        example: 'billing',
        place: /\.application$/,
      },
    ],
    target: ({ tenant = '', application = '' }) => ({ tenant, application, roles: [] }),
  },
}
