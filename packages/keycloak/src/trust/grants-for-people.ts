import type { RealmClient } from '../admin/representations.ts'

/** The attributes of a client that switch on grants, beside its flags, by which a person's token can come out of it. */
export const grantsForPeople = [
  'oauth2.device.authorization.grant.enabled',
  'oidc.ciba.grant.enabled',
  'standard.token.exchange.enabled',
  'oauth2.jwt.authorization.grant.enabled',
] as const

/** Whether a client issues tokens for people, by whatever grant. */
export function letsPeopleIn({ flags, attributes }: RealmClient): boolean {
  const { standardFlowEnabled, implicitFlowEnabled, directAccessGrantsEnabled } = flags
  if (standardFlowEnabled || implicitFlowEnabled || directAccessGrantsEnabled) return true
  return grantsForPeople.some((name) => attributes[name] === 'true')
}
