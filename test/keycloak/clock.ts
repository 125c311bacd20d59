import { expect } from 'vitest'

/** The seconds left to a token, as the answer that brings it says: Keycloak has read its clock again since, and may have paused. */
export function leftOf(seconds: number): unknown {
  return expect.toBeOneOf(Array.from({ length: 6 }, (_, late) => seconds - late))
}

/** The seconds between `iat` and `exp` of a token: Keycloak reads its clock for the one, then again for the other. */
export function lifeOf(seconds: number): unknown {
  return expect.toBeOneOf([seconds, seconds + 1])
}
