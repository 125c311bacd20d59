import { FederateError } from '@federate/core'
import type { RealmClient } from '../admin/representations.ts'
import { ownerMark, serviceMark } from '../trust/marks.ts'

/** The errors of keys for third parties: who asked wrongly, or asked for what is not there. */

export function nameInvalid(name: string): FederateError {
  return new FederateError({
    code: 'KEY_NAME_INVALID',
    outcome: 'usage',
    problem: `${JSON.stringify(name)} cannot be the name of a key: letters, digits, ".", "_" and "-" were expected, a letter or digit first, at most 200.`,
    next: 'Choose a name that needs no quoting anywhere: it is the customer’s user name, too.',
  })
}

export function expiryPast(expires: Date, now: Date): FederateError {
  return new FederateError({
    code: 'KEY_EXPIRY_PAST',
    outcome: 'usage',
    problem: `The key would have ended before it began: it is to expire at ${expires.toISOString()}, and it is ${now.toISOString()}.`,
    next: 'Give a later moment, or none.',
    details: { expected: `after ${now.toISOString()}`, actual: expires.toISOString() },
  })
}

export function noGrants(): FederateError {
  return new FederateError({
    code: 'KEY_WITHOUT_API',
    outcome: 'usage',
    problem: 'The key is for no API, so no token of it would be accepted anywhere.',
    next: 'Name at least one API of federate.yaml.',
  })
}

export function apiUnknown(api: string, known: readonly string[]): FederateError {
  return new FederateError({
    code: 'KEY_API_UNKNOWN',
    outcome: 'usage',
    problem: `federate.yaml has no API ${api}; it has: ${known.join(', ') || 'none'}.`,
    next: 'Correct the name, or add the API below apis and run `federate setup keycloak`.',
  })
}

export function roleUnknown(role: string, api: string, known: readonly string[]): FederateError {
  return new FederateError({
    code: 'KEY_ROLE_UNKNOWN',
    outcome: 'usage',
    problem: `The API ${api} has no role ${role}; it has: ${known.join(', ') || 'none'}.`,
    next: 'Correct the name, or add the role in federate.yaml and run `federate setup keycloak`.',
  })
}

export function apiNotSetUp(what: string, realm: string): FederateError {
  return new FederateError({
    code: 'KEY_API_NOT_SET_UP',
    outcome: 'refused',
    problem: `The realm ${realm} does not have ${what}, which federate.yaml wants.`,
    next: 'Run `federate setup keycloak` first.',
  })
}

export function keyExists(name: string, state: string): FederateError {
  return new FederateError({
    code: 'KEY_EXISTS',
    outcome: 'refused',
    problem: `There is a key ${name} already; it is ${state}.`,
    next:
      state === 'revoked'
        ? `Delete it with \`federate keys revoke ${name} --delete\`, then issue it anew.`
        : `Give it a new credential with \`federate keys rotate ${name}\`, or choose another name.`,
  })
}

export function nameTaken(name: string, realm: string): FederateError {
  return new FederateError({
    code: 'KEY_NAME_TAKEN',
    outcome: 'refused',
    problem: `The realm ${realm} has a client ${name} that is no key of this owner, so it is left alone.`,
    next: 'Choose another name for the customer.',
  })
}

/** What is to be changed is there, and is no key of this owner. */
export function notOurs({ clientId, attributes }: RealmClient, owner: string, realm: string): FederateError {
  const service = attributes[ownerMark] === owner ? attributes[serviceMark] : undefined
  return new FederateError({
    code: 'KEY_NOT_OURS',
    outcome: 'refused',
    problem: `The client ${clientId} of the realm ${realm} is no key of this owner, so it is left alone.`,
    next:
      service === undefined
        ? 'Correct the name; `federate keys list` shows all keys.'
        : `It is the client of the service ${service}: \`federate setup keycloak --rotate-secret ${service}\` gives it a new secret.`,
  })
}

export function keyMissing(name: string, known: readonly string[]): FederateError {
  return new FederateError({
    code: 'KEY_UNKNOWN',
    outcome: 'usage',
    problem: `There is no key ${name}; there is: ${known.join(', ') || 'none'}.`,
    next: 'Correct the name; `federate keys list` shows all.',
  })
}

export function keyRevoked(name: string): FederateError {
  return new FederateError({
    code: 'KEY_REVOKED',
    outcome: 'refused',
    problem: `The key ${name} is revoked, and neither a new credential nor a repair brings it back.`,
    next: `Delete it with \`federate keys revoke ${name} --delete\`, then issue it anew.`,
  })
}

export function otherCredential(name: string, has: string): FederateError {
  const next = {
    secret: `Leave the keys and the certificate out: \`federate keys rotate ${name}\` makes a new secret.`,
    jwks: `Give the customer’s new keys: \`federate keys rotate ${name} --jwks <file>\`.`,
    'jwks-url': 'The customer publishes a new key beside the old one at that address; Keycloak fetches it by itself.',
    certificate: `Give the customer’s new certificate: \`federate keys rotate ${name} --certificate <file>\`.`,
  }[has]
  return new FederateError({
    code: 'KEY_CREDENTIAL',
    outcome: 'usage',
    problem: `The customer ${name} proves itself by ${has === 'jwks-url' ? 'keys that it publishes itself' : `a ${has}`}, and something else was to be replaced.`,
    next: next ?? 'Rotate what the key has.',
    details: { credential: has },
  })
}
