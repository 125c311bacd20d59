import { parseDuration } from '@federate/core'
import { z } from 'zod'
import { cloudPlatformScope, lifetimeLimits } from './target.ts'
import { providerNameOf } from './trust/names.ts'
import { audienceOf, type GcpWish } from './wish.ts'

const lifetime = z.string().transform((text, context) => {
  const seconds = secondsOf(text)
  if (seconds !== undefined && seconds >= lifetimeLimits.minimum && seconds <= lifetimeLimits.maximum) return seconds
  context.addIssue(
    `expected a time of at most 12h (above 1h only with Google's organisation policy for it), such as 30m, got ${text}`,
  )
  return z.NEVER
})

/** IDs of pools and providers (IAM REST reference, workloadIdentityPools.create). */
const resourceId = z
  .string()
  .regex(/^[a-z0-9-]{4,32}$/, {
    error: (issue) => `expected 4 to 32 of a-z, 0-9 and -, got "${issue.input}"`,
  })
  .refine((id) => !id.startsWith('gcp-'), { error: 'expected another beginning: Google keeps gcp- for itself' })

const projectId = z
  .string({ error: 'expected the id of a project, such as acme-prod' })
  .regex(/^(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/, {
    error: (issue) =>
      /^\d+$/.test(String(issue.input))
        ? `expected the project's id, such as acme-prod, got its number ${issue.input}: \`gcloud projects describe ${issue.input}\` shows the id`
        : `expected the id of a project (6 to 30 of a-z, 0-9 and -), got "${issue.input}"`,
  })

const projectNumber = z.string({ error: 'expected digits in quotes' }).regex(/^\d+$/, {
  error: (issue) => `expected the project's number, such as "123456789012", got "${issue.input}"`,
})

/** Account ids: IAM REST reference, serviceAccounts.create. */
const serviceAccount = z
  .string()
  .regex(/^(?:[a-z][a-z0-9-]{4,28}[a-z0-9]|[^@\s]+@[a-z0-9.-]+\.gserviceaccount\.com)$/, {
    error: (issue) =>
      `expected an id for a new service account (6 to 30 of a-z, 0-9 and -, beginning with a letter), or the email address of one that is there, got "${issue.input}"`,
  })

const role = z.string().regex(/^(?:projects\/[^/]+\/|organizations\/\d+\/)?roles\/[\w.]+$/, {
  error: (issue) => `expected a role, such as roles/storage.objectViewer, got "${issue.input}"`,
})

const mapping = z.record(
  z.string().regex(/^(?:google\.(?:subject|groups)|attribute\.[a-z0-9_]{1,100})$/, {
    error: 'expected google.subject, google.groups or attribute.<name> (a-z, 0-9, _)',
  }),
  z
    .string()
    .min(1)
    .max(2_048, {
      error: (issue) => `expected at most 2048 characters (Google's limit), got ${String(issue.input).length}`,
    }),
)

const fields = z.strictObject({
  project: projectId,
  projectNumber: projectNumber.optional(),
  pool: resourceId.optional(),
  provider: resourceId.optional(),
  serviceAccount: serviceAccount.optional(),
  roles: z.array(role).default([]),
  audience: z.string().min(1).max(256).default('shared'),
  mapping: mapping.optional(),
  condition: z
    .string()
    .min(1)
    .refine((text) => Buffer.byteLength(text) <= 4_096, {
      error: (issue) => `expected at most 4096 bytes (Google's limit), got ${Buffer.byteLength(String(issue.input))}`,
    })
    .optional(),
  member: z
    .string()
    .regex(/^(?:subject|group|attribute\.[a-z0-9_]+)\/.+$/, {
      error: 'expected subject/<value>, group/<value> or attribute.<name>/<value>',
    })
    .optional(),
  keys: z.enum(['published', 'uploaded']).optional(),
  lifetime: lifetime.prefault('1h'),
  scopes: z
    .array(z.url({ error: 'expected the URL of a scope' }))
    .min(1)
    .default([cloudPlatformScope]),
  location: z
    .string()
    .regex(/^[a-z]+-[a-z]+\d+$/, { error: 'expected a region, such as europe-west3' })
    .optional(),
  universe: z
    .string()
    .regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/, { error: 'expected a domain' })
    .optional(),
})

type Fields = z.infer<typeof fields>

/** The schema of a Google Cloud target in federate.yaml, without its `cloud` key. */
export const gcpWishSchema: z.ZodType<GcpWish> = fields.transform((wish, context): GcpWish => {
  for (const { path, message } of conflicts(wish)) context.addIssue({ code: 'custom', path: [path], message })
  const { lifetime: lifetimeSeconds, ...rest } = wish
  return { ...rest, lifetimeSeconds, tokenAudience: ownAudience(rest) }
})

/** The shared audience has a scope of its cloud's; the client id is in tokens by itself. */
function ownAudience({ audience, projectNumber: number = '', pool = '', provider = '' }: Omit<Fields, 'lifetime'>) {
  if (audience === 'shared' || audience === 'client') return undefined
  return audienceOf({ audience }, providerNameOf(number, pool, provider), '')
}

interface Conflict {
  readonly path: keyof Fields
  readonly message: string
}

/** What is right by itself and wrong together; of a key that is missing, what was expected there. */
function conflicts({
  audience,
  projectNumber: number,
  pool,
  provider,
  serviceAccount: account,
  roles,
  mapping: map,
  member,
}: Fields) {
  const found: Conflict[] = []
  if (audience === 'provider') {
    const because = "because audience: provider puts the provider's whole name into tokens"
    if (number === undefined) found.push({ path: 'projectNumber', message: `the project's number, ${because}` })
    if (pool === undefined) found.push({ path: 'pool', message: `the id of the pool, ${because}` })
    if (provider === undefined) found.push({ path: 'provider', message: `the id of the provider, ${because}` })
  }
  if (account?.includes('@') === true && roles.length > 0) {
    const message = `are not for federate to give to ${account}, which was there before: name an id, or leave the roles out`
    found.push({ path: 'roles', message })
  }
  if (account === undefined && roles.length === 0) {
    const message = 'the service account to become, or else roles: without either the service could do nothing'
    found.push({ path: 'serviceAccount', message })
  }
  if (map !== undefined && map['google.subject'] === undefined) {
    found.push({ path: 'mapping', message: 'must map google.subject' })
  }
  if (map !== undefined && map['google.subject'] !== 'assertion.sub' && member === undefined) {
    const message = 'who the service is, because google.subject is not assertion.sub'
    found.push({ path: 'member', message })
  }
  return found
}

function secondsOf(text: string): number | undefined {
  try {
    return parseDuration(text)
  } catch {
    return undefined
  }
}
