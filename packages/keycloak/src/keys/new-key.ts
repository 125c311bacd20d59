import type { ApiWish } from '@federate/core'
import type { Grants, NewKey } from './key.ts'
import { credentialAttributes } from './key-credential.ts'
import { apiUnknown, expiryPast, nameInvalid, noGrants, roleUnknown } from './key-refusals.ts'

const namePattern = /^[A-Za-z0-9][\w.-]{0,199}$/

/**
 * Refuses a key that no realm could have, without asking one: its name, its end, its credential, and APIs and roles that
 * federate.yaml does not have.
 *
 * @throws FederateError (usage) `KEY_NAME_INVALID`, `KEY_EXPIRY_PAST`, `KEY_WITHOUT_API`, `KEY_API_UNKNOWN`,
 *   `KEY_ROLE_UNKNOWN`, those of `credentialAttributes`.
 */
export function refuseImpossibleKey(key: NewKey, apis: readonly ApiWish[], now: Date): void {
  if (!namePattern.test(key.name)) throw nameInvalid(key.name)
  if (key.expires !== undefined && key.expires <= now) throw expiryPast(key.expires, now)
  credentialAttributes(key.credential, now)
  wishedApis(key.grants, apis)
}

/** The APIs of a grant, as federate.yaml has them. @throws FederateError `KEY_WITHOUT_API`, `KEY_API_UNKNOWN`, `KEY_ROLE_UNKNOWN` */
export function wishedApis(
  grants: Grants,
  apis: readonly ApiWish[],
): readonly { readonly wish: ApiWish; readonly roles: readonly string[] }[] {
  if (grants.size === 0) throw noGrants()
  return [...grants].map(([name, roles]) => {
    const wish = apis.find((one) => one.name === name)
    if (wish === undefined)
      throw apiUnknown(
        name,
        apis.map((one) => one.name),
      )
    const unknown = roles.find((role) => !wish.roles.includes(role))
    if (unknown !== undefined) throw roleUnknown(unknown, name, wish.roles)
    return { wish, roles }
  })
}
