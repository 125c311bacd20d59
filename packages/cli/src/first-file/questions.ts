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
  /** A right answer: it stands in the file for questions that were not asked yet, while earlier answers are checked. */
  readonly example: string
}

export const commonQuestions: readonly Question[] = [
  { name: 'service', flag: '--service', text: 'Name of the service', preset: () => 'billing', example: 'billing' },
  {
    name: 'owner',
    flag: '--owner',
    text: 'Owner, the name all marks carry',
    preset: () => 'acme-platform',
    example: 'acme-platform',
  },
  {
    name: 'issuer',
    flag: '--issuer',
    text: "Issuer URL, exactly as in its tokens' iss",
    example: 'https://keycloak.example.com/realms/prod',
  },
]

/** What `init` asks of one cloud, and what becomes of the answers. */
interface FirstTarget {
  readonly questions: readonly Question[]
  target(answers: Answers, lists: Readonly<Record<string, readonly string[]>>): Readonly<Record<string, JsonValue>>
}

export const firstTargets: Readonly<Record<CloudName, FirstTarget>> = {
  aws: {
    questions: [
      { name: 'account', flag: '--account', text: 'AWS account (12 digits)', example: '123456789012' },
      {
        name: 'role',
        flag: '--role',
        text: 'Name of the IAM role',
        preset: ({ service = '' }) => service,
        example: 'billing',
      },
    ],
    target: ({ account = '', role = '' }, { policy = [] }) => ({ account, role, policies: policy }),
  },
  gcp: {
    questions: [
      { name: 'project', flag: '--project', text: 'Google Cloud project (its id)', example: 'acme-prod' },
      {
        name: 'serviceAccount',
        flag: '--service-account',
        text: 'Service account to become: an id to make, or the email address of one that is there',
        preset: ({ service = '' }) => service,
        example: 'billing-svc',
      },
    ],
    target: ({ project = '', serviceAccount = '' }) => ({ project, serviceAccount }),
  },
  azure: {
    questions: [
      {
        name: 'tenant',
        flag: '--tenant',
        text: 'Tenant id (az account show)',
        example: '2a585d57-a5a8-4688-a60c-9796389eae7a',
      },
      {
        name: 'application',
        flag: '--application',
        text: 'Name of the application to become',
        preset: ({ service = '' }) => service,
        example: 'billing',
      },
    ],
    target: ({ tenant = '', application = '' }) => ({ tenant, application, roles: [] }),
  },
}
