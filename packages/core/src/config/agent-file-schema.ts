import { z } from 'zod'
import { duration } from './duration-schema.ts'

const absent = { error: 'expected a text that is not empty' }
const filePath = z
  .string()
  .regex(/^[^\0\n]*[^\0\n/]$/, { error: 'expected the path of a file' })
  .describe('From the folder of this file, where it is relative')

const permissionsText =
  'expected permissions in quotes, such as "0600" or "0640": the owner may write, its group and others may read at most'
const permissions = z
  .string({ error: permissionsText })
  .regex(/^0?6[04][04]$/, { error: permissionsText })
  .transform((text) => Number.parseInt(text, 8))

const accountText = 'expected a name such as in /etc/passwd, or a number'
const account = z.union(
  [z.string().regex(/^[A-Za-z_][\w.-]*\$?$/, { error: accountText }), z.int().min(0).max(4_294_967_294)],
  { error: accountText },
)

const command = z.strictObject({
  command: z
    .array(z.string().min(1, absent))
    .min(1)
    .describe('The program, then each of its arguments; no shell is between'),
  timeout: duration.default(30).describe('After this time it is killed; default: 30s'),
})
const signal = z.strictObject({
  signal: z.enum(['SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGTERM', 'SIGINT']),
  pidFile: filePath.describe('Holds the number of the process'),
})

const output = z.strictObject({
  path: filePath,
  service: z.string(),
  target: z.string().exactOptional().describe('Which target of the service; default: the only one'),
  audience: z
    .string()
    .min(1, absent)
    .exactOptional()
    .describe("Instead of a target: the issuer's token for this audience"),
  format: z.string(),
  profile: z
    .string()
    .regex(/^[\w.@/+-]+$/, { error: 'expected letters, digits and . @ / + - _' })
    .exactOptional()
    .describe("With formats that have profiles: which one; default: the service's name"),
  mode: permissions.default(0o600).describe('Permissions of the file; default: "0600"'),
  user: account.exactOptional().describe('Who the file belongs to; default: the user of the agent'),
  group: account.exactOptional().describe('The group it belongs to; default: the group of the agent'),
  onChange: z.union([command, signal]).exactOptional().describe('What is done when the file has changed'),
})

/** The schema of federate.agent.yaml. */
export const agentFileSchema = z.strictObject({
  version: z.literal(1).describe('The version of this format'),
  outputs: z.array(output).describe('The files that the agent keeps fresh'),
})

export type OutputInput = z.infer<typeof output>
