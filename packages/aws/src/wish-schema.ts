import { parseDuration } from '@federate/core'
import { z } from 'zod'
import { conditions } from './conditions-schema.ts'
import { type Partition, parseIamArn, partitionOfRegion, partitions } from './partition.ts'
import { secondRole, sessionName } from './second-role-schema.ts'
import { sessionClaims, sessionWishProblems } from './session-wish.ts'
import { maximumTagLength, tagText } from './tag-text.ts'
import { type AwsWish, sessionLimits } from './target.ts'

/** A length of time within what STS allows, as seconds. */
const duration = z.string().transform((text, context) => {
  const seconds = secondsOf(text)
  if (seconds !== undefined && seconds >= sessionLimits.minimum && seconds <= sessionLimits.maximum) return seconds
  context.addIssue(`expected a duration from 15m to 12h (what STS allows), such as 1h, got ${text}`)
  return z.NEVER
})

const managedPolicyArn = z.string().refine(isPolicyArn, {
  error: (issue) =>
    `expected the ARN of a managed policy, such as arn:aws:iam::aws:policy/ReadOnlyAccess, got ${issue.input}`,
})

const statement = z.record(z.string(), z.json())
const policyDocument = z
  .object({ Version: z.string().optional(), Statement: z.union([statement, z.array(statement).min(1)]) })
  .catchall(z.json())

const tagCharacters = 'expected letters, digits, spaces and _ . : / = + - @'
const tagValue = z.string().max(maximumTagLength).regex(tagText, { error: tagCharacters })

const fields = z.strictObject({
  account: z.string({ error: 'expected 12 digits in quotes, such as "123456789012"' }).regex(/^\d{12}$/, {
    error: (issue) => `expected 12 digits, got ${describeAccount(issue.input)}`,
  }),
  role: z
    .string()
    .min(1)
    .max(64, {
      error: (issue) => `expected at most 64 characters (IAM's limit), got ${String(issue.input).length}`,
    })
    .regex(/^[\w+=,.@-]*$/, { error: 'expected letters, digits and + = , . @ - _ (no path)' }),
  path: z
    .string()
    .regex(/^\/(?:[\x21-\x7e]{1,510}\/)?$/, {
      error: 'expected a path that begins and ends with a slash, such as /services/',
    })
    .optional(),
  partition: z.enum(partitions).optional(),
  policies: z.array(managedPolicyArn).default([]),
  inlinePolicies: z.record(z.string(), policyDocument).default({}),
  permissionsBoundary: managedPolicyArn.optional(),
  duration: duration.prefault('1h'),
  maxSessionDuration: duration.optional(),
  region: z
    .string()
    .regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/, { error: 'expected a region, such as eu-central-1' })
    .optional(),
  tags: z.record(z.string(), tagValue).default({}),
  sessionTags: z.record(z.string(), z.string()).optional(),
  transitiveTags: z.array(z.string()).min(1).optional(),
  sourceIdentity: z.string().optional(),
  audience: z.string().min(1).max(255).default('shared'),
  originalAudience: z.string().min(1).max(255).optional(),
  thumbprints: z
    .array(z.string().regex(/^[0-9a-f]{40}$/i, { error: 'expected a SHA-1 thumbprint: 40 hexadecimal digits' }))
    .min(1)
    .max(5)
    .optional(),
  sessionName: sessionName.optional(),
  pinSessionName: z.boolean().optional(),
  conditions: conditions.optional(),
  sessionPolicy: policyDocument.optional(),
  sessionPolicyArns: z.array(managedPolicyArn).min(1).max(10).optional(),
  assumeRole: secondRole.optional(),
})

type Fields = z.infer<typeof fields>

/** The schema of an AWS target in federate.yaml, without its `cloud` key. */
export const awsWishSchema: z.ZodType<AwsWish> = fields.transform((wish, context): AwsWish => {
  const partition = wish.partition ?? (wish.region === undefined ? 'aws' : partitionOfRegion(wish.region))
  for (const { path, message } of conflicts(wish, partition)) {
    context.addIssue({ code: 'custom', path: [...path], message })
  }
  const { duration: durationSeconds, maxSessionDuration, sessionTags, transitiveTags, sourceIdentity, ...rest } = wish
  const longest = maxSessionDuration ?? Math.max(sessionLimits.default, durationSeconds)
  const claims = sessionClaims(wish)
  return { ...rest, claims, partition, durationSeconds, maxSessionDurationSeconds: longest }
})

interface Conflict {
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** What is right by itself and wrong together, and names: zod says of a wrong key only that it is wrong. */
function conflicts(wish: Fields, partition: Partition): Conflict[] {
  return [
    ...foreignArns(wish, partition),
    ...foreignRegion(wish, partition),
    ...wrongSessionLimit(wish),
    ...wrongNames(wish),
    ...sessionWishProblems(wish).map(({ key, problem }) => ({ path: [key], message: problem })),
  ]
}

function foreignArns({ policies, permissionsBoundary }: Fields, partition: Partition): Conflict[] {
  const arns: { arn: string; path: Conflict['path'] }[] = policies.map((arn, index) => ({
    arn,
    path: ['policies', index],
  }))
  if (permissionsBoundary !== undefined) arns.push({ arn: permissionsBoundary, path: ['permissionsBoundary'] })
  return arns.flatMap(({ arn, path }) => {
    const actual = parseIamArn(arn)?.partition
    if (actual === partition) return []
    const message = `is of the partition ${actual}, the target is in the partition ${partition} (${arn}): use the ARN of ${partition}, or set partition: ${actual}`
    return [{ path, message }]
  })
}

function foreignRegion({ region }: Fields, partition: Partition): Conflict[] {
  if (region === undefined || partitionOfRegion(region) === partition) return []
  const message = `${region} lies in the partition ${partitionOfRegion(region)}, the target is in the partition ${partition}`
  return [{ path: ['region'], message }]
}

function wrongSessionLimit({ duration: asked, maxSessionDuration }: Fields): Conflict[] {
  if (maxSessionDuration === undefined) return []
  const path = ['maxSessionDuration']
  if (maxSessionDuration < sessionLimits.default) {
    return [{ path, message: `expected at least 1h (IAM's limit for roles), got ${maxSessionDuration} seconds` }]
  }
  if (maxSessionDuration >= asked) return []
  const message = `${maxSessionDuration} seconds is less than the duration of ${asked} seconds that the service asks for`
  return [{ path, message }]
}

function wrongNames({ tags, inlinePolicies }: Fields): Conflict[] {
  const wrongTags = Object.keys(tags).flatMap((key) => {
    const message = wrongTagKey(key)
    return message === undefined ? [] : [{ path: ['tags', key], message }]
  })
  const wrongPolicies = Object.keys(inlinePolicies)
    .filter((name) => !/^[\w+=,.@-]{1,128}$/.test(name))
    .map((name) => {
      const message = 'expected a name of 1 to 128 letters, digits and + = , . @ - _'
      return { path: ['inlinePolicies', name], message }
    })
  return [...wrongTags, ...wrongPolicies]
}

function wrongTagKey(key: string): string | undefined {
  if (/^(aws|federate):/i.test(key)) {
    return 'expected another beginning: aws: is reserved by AWS, federate: holds our own marks'
  }
  if (!tagText.test(key)) return tagCharacters
  return key.length >= 1 && key.length <= 128 ? undefined : `expected 1 to 128 characters, got ${key.length}`
}

function secondsOf(text: string): number | undefined {
  try {
    return parseDuration(text)
  } catch {
    return undefined
  }
}

function isPolicyArn(arn: string): boolean {
  return parseIamArn(arn)?.resource.startsWith('policy/') === true
}

function describeAccount(input: unknown): string {
  const text = String(input)
  return /^\d+$/.test(text) ? `${text.length} digits (${text})` : `"${text}"`
}
