import { FederateError } from '../errors.ts'

/** The error for what is not the private key that was expected. Holds nothing of it. */
export function unusableKey(code: string, found: string, { next }: { readonly next: string }): FederateError {
  return new FederateError({
    code,
    outcome: 'usage',
    problem: `What was given as the private key is ${found}; a private key in PEM (PKCS#8) or as a JWK was expected.`,
    next,
  })
}
