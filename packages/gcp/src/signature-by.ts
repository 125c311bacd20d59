import { FederateError, type SignatureState, type TokenQuestion } from '@federate/core'
import type { ProviderState } from './rules/index.ts'

/** Where keys are uploaded, Google checks a signature with those. What is wrong with the keys themselves, the rules say. */
export async function signatureBy(
  provider: ProviderState | undefined,
  { token, checkSignature }: TokenQuestion,
): Promise<SignatureState> {
  const jwksJson = provider?.jwksJson
  if (jwksJson === undefined || checkSignature === undefined) return token.signature
  try {
    return await checkSignature(jwksJson)
  } catch (error) {
    if (error instanceof FederateError) return token.signature
    throw error
  }
}
