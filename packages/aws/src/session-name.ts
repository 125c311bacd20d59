import { FederateError, type JwtClaims, stringClaim, type Where } from '@federate/core'

/** What STS takes as a session's name (STS API reference, RoleSessionName). */
const notAllowed = /[^\w+=,.@-]/g
const longest = 64
const placeholder = /\{([^{}]+)\}/g

/** A session name as the files have it: a plain name, or one with claims of the token in braces: `{client_id}-nightly`. */
const sessionNameTemplate = /^(?:(?:[\w+=,.@-]|\{[^{}\s]+\}){2,64}|\{[^{}\s]+\})$/

/** What the template must be, for messages. */
export const sessionNameForm =
  '2 to 64 letters, digits and + = , . @ - _, with claims of the token in braces as in {client_id}'

export function isSessionName(text: string): boolean {
  return sessionNameTemplate.test(text)
}

/**
 * The name of a session, as CloudTrail will show it. Whatever does not fit becomes a hyphen, and what is too long is
 * cut.
 */
export function sessionNameFor(name: string): string {
  return fitting(`federate-${name.replace(/^service-account-/, '')}`)
}

/** The best name there is for who holds a token. */
export function sessionNameOf(claims: JwtClaims | undefined, subject: string | undefined): string {
  const named = claims === undefined ? undefined : (stringClaim(claims, 'client_id') ?? stringClaim(claims, 'sub'))
  return sessionNameFor(named ?? subject ?? 'session')
}

/**
 * Puts the token's claims into a session name; one without braces stays as it is.
 *
 * @throws FederateError `AWS_SESSION_NAME` when the token lacks such a claim, or it is no text.
 */
export function expandSessionName(template: string, claims: JwtClaims | undefined): string {
  if (!template.includes('{')) return template
  return fitting(template.replace(placeholder, (_, name: string) => claimFor(name, template, claims ?? {})))
}

/** The same name as a pattern of StringLike, for a trust policy that pins it; exact when there are no braces. */
export function sessionNamePattern(template: string): string {
  return template.replace(placeholder, '*')
}

function claimFor(name: string, template: string, claims: JwtClaims): string {
  const value = stringClaim(claims, name)
  if (value !== undefined) return value
  throw new FederateError({
    code: 'AWS_SESSION_NAME',
    outcome: 'usage',
    problem: `The session name "${template}" needs the claim ${name}, and the token holds ${Object.keys(claims).sort().join(', ') || 'no readable claims'}.`,
    next: `Let the issuer write ${name} as a text, or take {${name}} out of sessionName.`,
  })
}

/** Refuses what STS would refuse, where it is read. @throws FederateError `AWS_SESSION_NAME` */
export function checkedSessionName(name: string | undefined, where: Where): string | undefined {
  if (name === undefined || isSessionName(name)) return name
  throw new FederateError({
    code: 'AWS_SESSION_NAME',
    outcome: 'usage',
    problem: `${where} is "${name}", expected ${sessionNameForm}.`,
    next: 'Choose such a name; CloudTrail will show it.',
    details: { expected: sessionNameForm, actual: name },
  })
}

function fitting(name: string): string {
  return name.replace(notAllowed, '-').slice(0, longest)
}
