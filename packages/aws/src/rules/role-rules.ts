import { failed, passed } from '@federate/core/rules'
import { accessDenied, validationError } from './refusals.ts'
import type { Rule } from './rule.ts'

const roleRule: Rule = {
  name: 'role',
  needs: ['role-arn'],
  check({ role, roleArn }) {
    if (role?.arn === roleArn) return [passed('The role exists.', { actual: roleArn })]
    return [
      failed(accessDenied(), 'There is no such role; AWS does not say so and answers "not authorized".', {
        ...(role === undefined ? { expected: roleArn, actual: '(no role)' } : { expected: role.arn, actual: roleArn }),
        next: 'Check account, path and name of the role, or run federate setup aws.',
      }),
    ]
  },
}

const maxDurationRule: Rule = {
  name: 'max-session-duration',
  needs: ['role', 'duration'],
  check({ role, request }) {
    const most = role?.maxSessionDuration ?? 0
    const pair = { expected: `at most ${most} seconds`, actual: `${request.duration} seconds` }
    if (request.duration <= most) return [passed('The role allows the asked duration.', pair)]
    const message = 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.'
    return [
      failed(validationError(message), 'The role does not allow sessions of the asked duration.', {
        ...pair,
        next: 'Ask for less, or raise the role’s maximum session duration.',
      }),
    ]
  },
}

/** The role itself; its trust policy is asked by the trust rules. */
export const roleRules: readonly Rule[] = [roleRule]

/** Asked last, of a call that is allowed otherwise. */
export const roleDurationRules: readonly Rule[] = [maxDurationRule]
