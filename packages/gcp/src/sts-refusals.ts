import { audiences, stringClaim } from '@federate/core'
import { type Cause, type ExchangeFacts, keysCause, projectOf, subjectLength, timeCause } from './exchange-causes.ts'
import type { GoogleRefusal } from './google-answer.ts'
import { defaultAudiences } from './rules/provider.ts'

/** One thing that STS or iamcredentials says to an exchange. */
export interface StsRefusal {
  /** Ours, stable. */
  readonly code: string
  /** Google's. */
  readonly googleCode: string
  readonly message?: RegExp
  /** Whether the same request may succeed within seconds. */
  readonly transient?: true
  /** Whether it may succeed within minutes of a change of the trust. */
  readonly propagating?: true
  readonly cause: (facts: ExchangeFacts) => Cause
}

/** Texts as in Google's "Troubleshoot Workload Identity Federation" and the issues of google-github-actions/auth; the first that fits counts. */
const stsRefusals: readonly StsRefusal[] = [
  {
    code: 'GCP_TARGET_NOT_FOUND',
    googleCode: 'invalid_target',
    propagating: true,
    cause: ({ runtime }) => ({
      because: `The provider ${runtime.provider} or its pool does not exist, is disabled, or is deleted (deleted ones stay for 30 days).`,
      next: 'Run `federate status gcp` where federate.yaml is: it tells these apart.',
    }),
  },
  {
    code: 'GCP_AUDIENCE_PARAMETER',
    googleCode: 'invalid_request',
    message: /Invalid value for "audience"/,
    cause: ({ runtime }) => ({
      because: `${runtime.provider} is not the name of a provider.`,
      next: 'Give projects/{number}/locations/global/workloadIdentityPools/{pool}/providers/{provider}, with the number of the project.',
    }),
  },
  {
    code: 'GCP_AUDIENCE_MISMATCH',
    googleCode: 'invalid_grant',
    message: /audience in ID Token/i,
    propagating: true,
    cause: ({ runtime, claims }) => ({
      because: 'The "aud" of the token is not among the audiences that the provider allows.',
      next: `Let the provider allow an audience that the token has, or ask the issuer for ${runtime.audience}; a provider without allowed audiences takes only ${defaultAudiences(runtime.provider)[0]}.`,
      expected: runtime.audience,
      actual: audiences(claims).join(', ') || 'no "aud"',
    }),
  },
  {
    code: 'GCP_ISSUER_MISMATCH',
    googleCode: 'invalid_grant',
    message: /issuer in ID Token .* does not match/i,
    propagating: true,
    cause: ({ claims }) => ({
      because: "The provider is for another issuer than the token's.",
      next: 'Run `federate status gcp`; give the provider exactly the "iss" of the token, or fix the host name of the issuer (Keycloak: --hostname).',
      actual: stringClaim(claims, 'iss') ?? 'no "iss"',
    }),
  },
  {
    code: 'GCP_ISSUER_KEYS',
    googleCode: 'invalid_grant',
    message: /Error connecting to the given credential's issuer/i,
    propagating: true,
    cause: keysCause,
  },
  {
    code: 'GCP_SIGNATURE',
    googleCode: 'invalid_grant',
    message: /Unable to verify the ID Token signature/i,
    cause: ({ header }) => ({
      because: `The key "${String(header['kid'])}" that Google has for the issuer did not make this signature.`,
      next: 'If a JWKS was uploaded to the provider, upload it anew (`federate setup gcp`); if not, check that nothing else answers for the issuer.',
    }),
  },
  {
    code: 'GCP_TOKEN_NOT_A_JWT',
    googleCode: 'invalid_grant',
    message: /Unable to parse the ID Token/i,
    cause: () => ({
      because: 'What was sent is not a signed JWT.',
      next: 'Check the source of the token with `federate token --decode`; an issuer with opaque access tokens has to be set to JWT.',
    }),
  },
  {
    code: 'GCP_TOKEN_TIME',
    googleCode: 'invalid_grant',
    message: /is stale to sign-in/i,
    cause: timeCause,
  },
  {
    code: 'GCP_CONDITION_REFUSED',
    googleCode: 'unauthorized_client',
    message: /rejected by the attribute condition/i,
    propagating: true,
    cause: ({ runtime, claims }) => ({
      because: "The provider's attribute condition is not true of this token; Google does not say which part of it.",
      next: 'Run `federate explain gcp` with this token: it evaluates the condition and shows the values.',
      expected: runtime.subject === undefined ? undefined : `sub ${runtime.subject}`,
      actual: `sub ${stringClaim(claims, 'sub') ?? 'missing'}`,
    }),
  },
  {
    code: 'GCP_SUBJECT_MISSING',
    googleCode: 'unauthorized_client',
    message: /Could not obtain a value for google\.subject/i,
    cause: ({ claims }) => ({
      because: 'The attribute mapping takes google.subject from a claim that the token does not have.',
      next:
        stringClaim(claims, 'sub') === undefined
          ? 'The token has no "sub": in Keycloak the client lacks the scope `basic` or `federate-gcp`.'
          : 'Run `federate explain gcp` with this token to see the mapping, and map google.subject from a claim that is there.',
    }),
  },
  {
    code: 'GCP_MAPPING_TYPE',
    googleCode: 'unauthorized_client',
    message: /must be of type/i,
    cause: () => ({
      because: 'An attribute mapping yields a value of another type than Google wants there.',
      next: 'Run `federate explain gcp` with this token to see what each mapping yields.',
    }),
  },
  {
    code: 'GCP_SUBJECT_TOO_LONG',
    googleCode: 'invalid_request',
    message: /127 bytes/,
    cause: ({ claims }) => subjectLength(stringClaim(claims, 'sub')),
  },
  {
    code: 'GCP_THROTTLED',
    googleCode: 'quota_exceeded',
    transient: true,
    cause: () => ({
      because: 'Too many exchanges in a minute for this project.',
      next: 'Wait a minute; keep credentials for as long as they live instead of exchanging anew.',
    }),
  },
  {
    code: 'GCP_API_DISABLED',
    googleCode: 'PERMISSION_DENIED',
    message: /has not been used in project|it is disabled/i,
    propagating: true,
    cause: ({ runtime }) => ({
      because: "The IAM Service Account Credentials API is not enabled in the service account's project.",
      next: `Run \`gcloud services enable iamcredentials.googleapis.com --project ${projectOf(runtime)}\`.`,
    }),
  },
  {
    code: 'GCP_IMPERSONATION_DENIED',
    googleCode: 'PERMISSION_DENIED',
    propagating: true,
    cause: ({ runtime, claims }) => ({
      because: `The token was exchanged, but its principal may not act as ${runtime.serviceAccount}: the binding of roles/iam.workloadIdentityUser is missing, names another principal, or is not seen everywhere yet.`,
      next: 'Run `federate status gcp` where federate.yaml is; after a change it takes a few minutes.',
      expected: runtime.subject === undefined ? undefined : `sub ${runtime.subject}`,
      actual: `sub ${stringClaim(claims, 'sub') ?? 'missing'}`,
    }),
  },
  {
    code: 'GCP_SERVICE_ACCOUNT_NOT_FOUND',
    googleCode: 'NOT_FOUND',
    propagating: true,
    cause: ({ runtime }) => ({
      because: `There is no service account ${runtime.serviceAccount}.`,
      next: 'Check the address, or run `federate setup gcp`, which makes it.',
    }),
  },
  {
    code: 'GCP_LIFETIME_TOO_LONG',
    googleCode: 'INVALID_ARGUMENT',
    message: /lifetime/i,
    cause: ({ runtime }) => ({
      because:
        'More than an hour needs the organisation policy constraints/iam.allowServiceAccountCredentialLifetimeExtension for this service account.',
      next: 'Ask for at most 1h (`lifetime` of the target), or have the policy set.',
      expected: 'at most 3600 s',
      actual: `${runtime.lifetimeSeconds} s`,
    }),
  },
]

/** The row of the table that a refusal falls under. */
export function refusalOf({ code, message }: GoogleRefusal): StsRefusal | undefined {
  return stsRefusals.find((one) => one.googleCode === code && (one.message?.test(message) ?? true))
}
