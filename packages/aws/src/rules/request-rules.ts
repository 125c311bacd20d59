import { failed, passed, type Refusal } from '@federate/core/rules'
import { constraintViolated, validationError } from './refusals.ts'
import type { Rule } from './rule.ts'

/** Bounds of the call (botocore, sts 2011-06-15: roleSessionNameType, roleDurationSecondsType, clientTokenType). */
const sessionName = { shortest: 2, longest: 64, pattern: /^[\w+=,.@-]*$/ }
const duration = { least: 900, most: 43_200 }
const token = { shortest: 4, longest: 20_000 }
const roleArn = /^arn:aws[a-z-]*:iam::\d{12}:role\/([\x21-\x7e]+\/)?[\w+=,.@-]{1,64}$/

const roleArnRule: Rule = {
  name: 'role-arn',
  needs: [],
  check({ roleArn: arn }) {
    if (roleArn.test(arn)) return [passed('The role ARN is well formed.')]
    return [
      failed(validationError('Request ARN is invalid'), 'The role ARN is not well formed.', {
        expected: 'arn:aws:iam::<12 digits>:role/<name>',
        actual: arn,
        next: 'Copy the ARN from the role.',
      }),
    ]
  },
}

const sessionNameRule: Rule = {
  name: 'session-name',
  needs: [],
  check({ request }) {
    const refusal = sessionNameRefusal(request.sessionName)
    if (refusal === undefined) return [passed('The session name is allowed.')]
    return [
      failed(refusal, 'The session name is not allowed.', {
        expected: '2 to 64 of the characters A-Z a-z 0-9 _ + = , . @ -',
        actual: request.sessionName,
        next: 'Choose a session name within these bounds.',
      }),
    ]
  },
}

function sessionNameRefusal(name: string): Refusal | undefined {
  const field = 'roleSessionName'
  if (name.length < sessionName.shortest)
    return constraintViolated(field, name, 'Member must have length greater than or equal to 2')
  if (name.length > sessionName.longest)
    return constraintViolated(field, name, 'Member must have length less than or equal to 64')
  if (!sessionName.pattern.test(name))
    return constraintViolated(field, name, 'Member must satisfy regular expression pattern: [\\w+=,.@-]*')
  return undefined
}

const durationRule: Rule = {
  name: 'duration',
  needs: [],
  check({ request }) {
    const refusal = durationRefusal(request.duration)
    if (refusal === undefined) return [passed('The asked duration is within what STS gives.')]
    return [
      failed(refusal, 'The asked duration is outside of what STS gives.', {
        expected: `${duration.least} to ${duration.most} seconds`,
        actual: `${request.duration} seconds`,
        next: 'Ask for a duration between 15 minutes and 12 hours.',
      }),
    ]
  },
}

function durationRefusal(seconds: number): Refusal | undefined {
  const field = 'durationSeconds'
  if (!Number.isInteger(seconds)) return validationError(`Invalid value for ${field}: it must be an integer`)
  if (seconds < duration.least)
    return constraintViolated(field, `${seconds}`, 'Member must have value greater than or equal to 900')
  if (seconds > duration.most)
    return constraintViolated(field, `${seconds}`, 'Member must have value less than or equal to 43200')
  return undefined
}

const tokenSizeRule: Rule = {
  name: 'token-size',
  needs: [],
  check({ token: { length } }) {
    if (length >= token.shortest && length <= token.longest) return [passed('The token is within the size limit.')]
    const bound = length < token.shortest ? 'greater than or equal to 4' : 'less than or equal to 20000'
    // The value is a secret: AWS masks it too.
    return [
      failed(
        constraintViolated('webIdentityToken', '***', `Member must have length ${bound}`),
        'The token has a size that STS refuses.',
        {
          expected: `${token.shortest} to ${token.longest} characters`,
          actual: `${length} characters`,
          next: 'Take claims out of the token: detach scopes and role lists that AWS does not read.',
        },
      ),
    ]
  },
}

/** What STS's front door refuses before it looks into the token. */
export const requestRules: readonly Rule[] = [roleArnRule, sessionNameRule, durationRule, tokenSizeRule]
