import { parseDuration } from '@federate/core'
import { z } from 'zod'
import { roleNameOf } from './partition.ts'
import { chainedSessionLimits } from './second-role.ts'
import { isSessionName, sessionNameForm } from './session-name.ts'
import { maximumTagLength, tagText } from './tag-text.ts'

export const sessionName = z.string().refine(isSessionName, { error: `expected ${sessionNameForm}` })

const chainedDuration = z.string().transform((text, context) => {
  const seconds = secondsOf(text)
  const { minimum, maximum } = chainedSessionLimits
  if (seconds !== undefined && seconds >= minimum && seconds <= maximum) return seconds
  context.addIssue(`expected a duration from 15m to 1h (what STS allows a second role), got ${text}`)
  return z.NEVER
})

const tag = z
  .string()
  .max(maximumTagLength)
  .regex(tagText, { error: 'expected letters, digits, spaces and _ . : / = + - @' })

/** The schema of `assumeRole` in an AWS target of federate.yaml. */
export const secondRole = z
  .strictObject({
    roleArn: z.string().refine((arn) => roleNameOf(arn) !== undefined, {
      error: 'expected the ARN of a role, as arn:aws:iam::123456789012:role/name',
    }),
    externalId: z
      .string()
      .regex(/^[\w+=,.@:/-]{2,1224}$/, { error: 'expected 2 to 1224 letters, digits and + = , . @ : / - _' })
      .exactOptional(),
    sessionName: z
      .string()
      .regex(/^[\w+=,.@-]{2,64}$/, { error: 'expected 2 to 64 letters, digits and + = , . @ - _' })
      .exactOptional(),
    duration: chainedDuration.prefault('1h'),
    tags: z.record(z.string(), tag).exactOptional(),
    transitiveTags: z.array(z.string()).exactOptional(),
    sourceIdentity: z
      .string()
      .regex(/^[\w+=,.@-]{2,64}$/, { error: 'expected 2 to 64 letters, digits and + = , . @ - _' })
      .exactOptional(),
  })
  .transform(({ duration, ...rest }) => ({ ...rest, durationSeconds: duration }))

function secondsOf(text: string): number | undefined {
  try {
    return parseDuration(text)
  } catch {
    return undefined
  }
}
