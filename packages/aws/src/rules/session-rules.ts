import { failed, passed } from '@federate/core/rules'
import { invalidToken } from './refusals.ts'
import type { Rule } from './rule.ts'
import { authorizedRoles, sessionTags, sourceIdentity } from './session-claims.ts'

const tagsRule: Rule = {
  name: 'session-tags',
  needs: [],
  check({ token: { claims } }) {
    const { tags, problem } = sessionTags(claims)
    if (problem === undefined)
      return [passed(tags.size === 0 ? 'The token carries no session tags.' : 'The session tags are readable.')]
    return [
      failed(
        invalidToken('principal_tags passed in claim is not in correct format.'),
        `The session tags cannot be read: ${problem}.`,
        { next: 'Write {"principal_tags":{"Key":["value"]}} into the claim https://aws.amazon.com/tags.' },
      ),
    ]
  },
}

const sourceIdentityRule: Rule = {
  name: 'source-identity',
  needs: [],
  check({ token: { claims } }) {
    const { problem } = sourceIdentity(claims)
    if (problem === undefined) return [passed('The token carries no source identity, or a usable one.')]
    return [
      failed(
        invalidToken('The source identity passed in claim is not in correct format.'),
        `The source identity cannot be used: ${problem}.`,
        { next: 'Write a short plain text into the claim https://aws.amazon.com/source_identity, or leave it out.' },
      ),
    ]
  },
}

const rolesClaimRule: Rule = {
  name: 'roles-claim',
  needs: [],
  check({ token: { claims }, roleArn }) {
    const roles = authorizedRoles(claims)
    if (roles === undefined) return [passed('The issuer does not restrict the roles.')]
    if (roles.includes(roleArn)) return [passed('The issuer allows this role.', { actual: roleArn })]
    const message =
      roles.length === 0
        ? 'The roles claim contains no valid role ARNs'
        : 'The target role ARN is not present in the roles claim of the identity token'
    return [
      failed(invalidToken(message), 'The issuer does not allow this role: its roles claim does not name it.', {
        expected: roles.join(', ') || '(no role)',
        actual: roleArn,
        next: 'Add the role to the claim https://aws.amazon.com/roles, or leave that claim out.',
      }),
    ]
  },
}

/** Claims that AWS takes over into the session. */
export const sessionRules: readonly Rule[] = [tagsRule, sourceIdentityRule, rolesClaimRule]
