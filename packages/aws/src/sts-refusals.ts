import {
  regionDisabled,
  sessionNameRefused,
  sessionPolicyRefused,
  sessionTooLarge,
  tooLong,
} from './causes/call-causes.ts'
import type { Cause, RefusedExchange } from './causes/cause.ts'
import {
  expired,
  invalidToken,
  noClaim,
  rejectedClaim,
  tooLarge,
  wrongAudience,
  wrongClock,
} from './causes/token-causes.ts'
import { noProvider, notAuthorized, noVerificationKey, wrongThumbprint } from './causes/trust-causes.ts'

/** One way in which STS says no. */
export interface StsRefusal {
  /** AWS's code without `Exception`. */
  readonly awsCode: string
  /** Tells apart what AWS puts under one code. */
  readonly message?: RegExp
  readonly code: string
  /** The most likely first, by what is known of token, trust and network. */
  readonly causes: (exchange: RefusedExchange) => Cause | readonly Cause[]
  /** Passes by itself at times, so it is tried again. Default: false. */
  readonly transient?: boolean
  /** Seen for some seconds after the trust was made, until all of AWS knows of it. Default: false. */
  readonly propagating?: boolean
}

/**
 * The refusals of AssumeRoleWithWebIdentity, first match first. Sources: STS API reference (errors), AWS re:Post
 * "iam-sts-invalididentitytoken", and public issues with STS's answers: aws/aws-sdk-net#3071 (audience),
 * aws/aws-cli#7194 (verification key), aws-actions/configure-aws-credentials#357 (thumbprint).
 */
export const stsRefusals: readonly StsRefusal[] = [
  {
    awsCode: 'InvalidIdentityToken',
    message: /No OpenIDConnect provider found/i,
    code: 'AWS_NO_PROVIDER',
    causes: noProvider,
    propagating: true,
  },
  {
    awsCode: 'InvalidIdentityToken',
    message: /token audience/i,
    code: 'AWS_TOKEN_AUDIENCE',
    causes: wrongAudience,
    propagating: true,
  },
  {
    awsCode: 'InvalidIdentityToken',
    // What STS has been saying since 2026 of the audience, and by some reports of a missing provider too.
    message: /identity token provided could not be validated/i,
    code: 'AWS_TOKEN_AUDIENCE',
    causes: notValidated,
    propagating: true,
  },
  {
    awsCode: 'InvalidIdentityToken',
    message: /verification key/i,
    code: 'AWS_VERIFICATION_KEY',
    causes: noVerificationKey,
    transient: true,
  },
  { awsCode: 'InvalidIdentityToken', message: /thumbprint/i, code: 'AWS_THUMBPRINT', causes: wrongThumbprint },
  { awsCode: 'InvalidIdentityToken', message: /Missing a required claim/i, code: 'AWS_TOKEN_CLAIM', causes: noClaim },
  {
    awsCode: 'InvalidIdentityToken',
    message: /issued in the future|not yet valid/i,
    code: 'AWS_TOKEN_TIME',
    causes: wrongClock,
  },
  { awsCode: 'InvalidIdentityToken', code: 'AWS_TOKEN_INVALID', causes: invalidToken },
  { awsCode: 'ExpiredToken', code: 'AWS_TOKEN_EXPIRED', causes: expired },
  { awsCode: 'AccessDenied', code: 'AWS_NOT_AUTHORIZED', causes: notAuthorized, propagating: true },
  { awsCode: 'IDPCommunicationError', code: 'AWS_ISSUER_UNREACHABLE', causes: noVerificationKey, transient: true },
  { awsCode: 'IDPRejectedClaim', code: 'AWS_TOKEN_REJECTED', causes: rejectedClaim },
  { awsCode: 'PackedPolicyTooLarge', code: 'AWS_SESSION_TOO_LARGE', causes: sessionTooLarge },
  { awsCode: 'RegionDisabled', code: 'AWS_REGION_DISABLED', causes: regionDisabled },
  {
    awsCode: 'ValidationError',
    message: /DurationSeconds|MaxSessionDuration/i,
    code: 'AWS_DURATION',
    causes: tooLong,
    propagating: true,
  },
  { awsCode: 'ValidationError', message: /webIdentityToken.*length/i, code: 'AWS_TOKEN_TOO_LARGE', causes: tooLarge },
  { awsCode: 'ValidationError', message: /roleSessionName/i, code: 'AWS_SESSION_NAME', causes: sessionNameRefused },
  { awsCode: 'ValidationError', message: /at 'policy/i, code: 'AWS_SESSION_POLICY', causes: sessionPolicyRefused },
  { awsCode: 'MalformedPolicyDocument', code: 'AWS_SESSION_POLICY', causes: sessionPolicyRefused },
]

/** Where the audience is as it should be, the provider may be missing. */
function notValidated(exchange: RefusedExchange): readonly Cause[] {
  const audience = wrongAudience(exchange)
  return audience.expected === undefined ? [audience, ...noProvider(exchange)] : [audience]
}
