import { isPrivateHost, type RuleResult } from '@federate/core'
import { isLoopbackIssuer, warning } from '@federate/core/rules'
import type { ProviderState } from '../provider.ts'

/** An issuer that Google cannot ask for its keys, and keys that will grow old. */
export function issuerLints({ issuerUri, jwksJson }: ProviderState): readonly RuleResult[] {
  // The rule "issuer" has spoken of loopback already.
  if (isLoopbackIssuer(issuerUri) || !URL.canParse(issuerUri)) return []
  if (jwksJson !== undefined)
    return [
      warning(
        'lint-uploaded-keys',
        'The keys are uploaded: once the issuer signs with another, its tokens are refused.',
        {
          actual: issuerUri,
          next: 'Run federate status gcp after every rotation, or at an interval: it sees keys that are missing.',
        },
      ),
    ]
  if (!isPrivateHost(issuerUri)) return []
  return [
    warning('lint-issuer-private', 'Google cannot reach this issuer from the internet, and will refuse its tokens.', {
      actual: issuerUri,
      next: 'Upload its keys: `keys: uploaded` of the target in federate.yaml, or --jwk-json-path of gcloud.',
    }),
  ]
}
