import { FederateError } from '@federate/core'
import type { AdminFile, TargetSchemas } from '@federate/core/config'
import type { CloudName } from './clouds.ts'

/** A flag of the commands about trust that says what federate.admin.yaml could say too, and wins over it. */
export interface AccessFlag {
  readonly cloud: CloudName
  /** As commander reads it; it may be given several values. */
  readonly flag: string
  /** Under which name commander gives it. */
  readonly name: string
  readonly description: string
  /** Where one value belongs in the cloud's part of the file, and what stands there; undefined for a wrong value. */
  place(value: string): { readonly path: readonly string[]; readonly value: string } | undefined
}

/** The flags of all clouds. */
export const accessFlags: readonly AccessFlag[] = [
  {
    cloud: 'aws',
    flag: '--aws-profile <account=profile...>',
    name: 'awsProfile',
    description: 'reach this AWS account by that profile of the shared configuration files',
    place: (value) => byAccount(value, 'profile'),
  },
  {
    cloud: 'aws',
    flag: '--aws-assume-role <arn...>',
    name: 'awsAssumeRole',
    description: "reach the role's AWS account by assuming it",
    place(value) {
      const [, account] = /^arn:[\w-]+:iam::(\d{12}):role\/./.exec(value) ?? []
      return account === undefined ? undefined : { path: ['accounts', account, 'assumeRole'], value }
    },
  },
  {
    cloud: 'aws',
    flag: '--aws-external-id <account=id...>',
    name: 'awsExternalId',
    description: 'with --aws-assume-role: the external id that the role demands',
    place: (value) => byAccount(value, 'externalId'),
  },
]

function byAccount(value: string, key: string) {
  const [, account, rest] = /^(\d{12})=(.+)$/.exec(value) ?? []
  return account === undefined || rest === undefined ? undefined : { path: ['accounts', account, key], value: rest }
}

/**
 * What federate.admin.yaml says, and over it what the flags say.
 *
 * @throws FederateError (usage) `FLAG_INVALID` for a value that is not of the flag's form, or that the cloud does not take.
 */
export function withAccessFlags(file: AdminFile, options: object, schemas: TargetSchemas): AdminFile {
  const merged = new Map(file)
  for (const flag of accessFlags) {
    const given: unknown = Reflect.get(options, flag.name)
    for (const text of Array.isArray(given) ? given : []) {
      const { path, value } = flag.place(String(text)) ?? refuse(flag, String(text))
      merged.set(flag.cloud, placed(merged.get(flag.cloud), path, value))
    }
  }
  for (const [cloud, part] of merged) if (part !== file.get(cloud)) check(cloud, part, schemas.get(cloud))
  return merged
}

/** The object with one more value in it; what it was is left alone. */
function placed(whole: unknown, [key, ...rest]: readonly string[], value: string): unknown {
  if (key === undefined) return value
  const fields = typeof whole === 'object' && whole !== null ? Object.fromEntries(Object.entries(whole)) : {}
  return { ...fields, [key]: placed(fields[key], rest, value) }
}

function check(cloud: string, part: unknown, schema: ReturnType<TargetSchemas['get']>): void {
  const issue = schema?.safeParse(part).error?.issues[0]
  if (issue === undefined) return
  const flags = accessFlags.filter((flag) => flag.cloud === cloud).map(({ flag }) => flag.split(' ')[0])
  throw new FederateError({
    code: 'FLAG_INVALID',
    outcome: 'usage',
    problem: `What ${flags.join(', ')} say together is wrong: ${cloud}.${issue.path.join('.')} ${issue.message}.`,
    next: 'Correct the flag; `federate plan --help` has its form.',
  })
}

function refuse({ flag }: AccessFlag, value: string): never {
  const [name, form = ''] = flag.split(' ')
  throw new FederateError({
    code: 'FLAG_INVALID',
    outcome: 'usage',
    problem: `${name} is "${value}", expected ${form.replace(/[<>]|\.\.\./g, '')}, where an account is 12 digits.`,
    next: 'Correct the flag; federate.admin.yaml can say the same for good.',
    details: { flag: name, actual: value },
  })
}
