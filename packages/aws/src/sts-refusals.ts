import { audiences, dateClaim, type JwtClaims, stringClaim } from '@federate/core'
import { parseIamArn } from './partition.ts'
import type { AwsRuntime } from './target.ts'

/** What is known when STS has refused a token. */
export interface RefusedExchange {
  readonly runtime: AwsRuntime
  readonly claims: JwtClaims
  /** Characters of the encoded token. */
  readonly tokenLength: number
  readonly now: Date
  /** STS's own words. */
  readonly message: string
}

/** The likeliest cause, and the two values that differ where there are two. */
export interface Cause {
  readonly because: string
  readonly next: string
  readonly expected?: string
  readonly actual?: string
}

/** One way in which STS says no. */
export interface StsRefusal {
  /** AWS's code without `Exception`. */
  readonly awsCode: string
  /** Tells apart what AWS puts under one code. */
  readonly message?: RegExp
  readonly code: string
  readonly cause: (exchange: RefusedExchange) => Cause
  /** Passes by itself at times, so it is tried again. Default: false. */
  readonly transient?: boolean
  /** Seen for some seconds after the trust was made, until all of AWS knows of it. Default: false. */
  readonly propagating?: boolean
}

const explain = 'Run `federate explain aws` with this token to see every rule that AWS applies.'

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
    cause: noProvider,
    propagating: true,
  },
  {
    awsCode: 'InvalidIdentityToken',
    // The second text is what STS has been saying since 2026.
    message: /token audience|identity token provided could not be validated/i,
    code: 'AWS_TOKEN_AUDIENCE',
    cause: wrongAudience,
    propagating: true,
  },
  {
    awsCode: 'InvalidIdentityToken',
    message: /verification key/i,
    code: 'AWS_VERIFICATION_KEY',
    cause: noVerificationKey,
    transient: true,
  },
  { awsCode: 'InvalidIdentityToken', message: /thumbprint/i, code: 'AWS_THUMBPRINT', cause: wrongThumbprint },
  { awsCode: 'InvalidIdentityToken', message: /Missing a required claim/i, code: 'AWS_TOKEN_CLAIM', cause: noClaim },
  {
    awsCode: 'InvalidIdentityToken',
    message: /issued in the future|not yet valid/i,
    code: 'AWS_TOKEN_TIME',
    cause: wrongClock,
  },
  { awsCode: 'InvalidIdentityToken', code: 'AWS_TOKEN_INVALID', cause: invalidToken },
  { awsCode: 'ExpiredToken', code: 'AWS_TOKEN_EXPIRED', cause: expired },
  { awsCode: 'AccessDenied', code: 'AWS_NOT_AUTHORIZED', cause: notAuthorized, propagating: true },
  { awsCode: 'IDPCommunicationError', code: 'AWS_ISSUER_UNREACHABLE', cause: noVerificationKey, transient: true },
  { awsCode: 'IDPRejectedClaim', code: 'AWS_TOKEN_REJECTED', cause: rejectedClaim },
  { awsCode: 'PackedPolicyTooLarge', code: 'AWS_SESSION_TOO_LARGE', cause: sessionTooLarge },
  { awsCode: 'RegionDisabled', code: 'AWS_REGION_DISABLED', cause: regionDisabled },
  {
    awsCode: 'ValidationError',
    message: /DurationSeconds|MaxSessionDuration/i,
    code: 'AWS_DURATION',
    cause: tooLong,
    propagating: true,
  },
  { awsCode: 'ValidationError', message: /webIdentityToken.*length/i, code: 'AWS_TOKEN_TOO_LARGE', cause: tooLarge },
]

function noProvider({ runtime, claims }: RefusedExchange): Cause {
  const issuer = stringClaim(claims, 'iss') ?? '(none)'
  return {
    because: `Account ${accountOf(runtime)}, where the role is, has no identity provider for exactly the token's iss "${issuer}": letter case, path and a trailing slash all count.`,
    next: 'Run `federate setup aws` for that account, and check that the service uses the same issuer URL as federate.yaml.',
    actual: issuer,
  }
}

function wrongAudience({ runtime, claims }: RefusedExchange): Cause {
  const expected = runtime.audience
  const azp = claims['azp']
  const [first, ...others] = audiences(claims)
  if (azp === undefined && others.length > 0) {
    const actual = [first, ...others].join(', ')
    return {
      because: `The token has no azp and several audiences (aud is ${actual}); AWS takes such a token for none of them.`,
      next: `Ask the issuer for a token with aud "${expected}" alone.`,
      expected,
      actual,
    }
  }
  const [claim, actual] = azp === undefined ? ['aud', first ?? '(none)'] : ['azp', String(azp)]
  if (actual !== expected) {
    return {
      because: `The token's ${claim} is "${actual}", the provider expects "${expected}"${claim === 'azp' ? ' (AWS matches azp and does not look at aud where there is one)' : ''}.`,
      next: `Ask the issuer for a token for "${expected}" (Keycloak: attach the client scope federate-aws), or see every rule with \`federate explain aws\`.`,
      expected,
      actual,
    }
  }
  return {
    because: `The token's ${claim} is "${actual}", as it should be. So either the provider in account ${accountOf(runtime)} does not have it in its client ids, or the token's signature or algorithm does not hold.`,
    next: 'Run `federate plan aws` to see how the provider differs, and `federate explain aws` with --jwks to check the signature.',
  }
}

function noVerificationKey({ claims }: RefusedExchange): Cause {
  const issuer = stringClaim(claims, 'iss') ?? '(none)'
  return {
    because: `AWS could not get the key that signed the token from its issuer "${issuer}": the issuer is not reachable from the internet, took longer than 5 seconds, or publishes no key with the token's kid.`,
    next: `Open ${issuer}/.well-known/openid-configuration and its jwks_uri from outside your network; both must be public.`,
    actual: issuer,
  }
}

function wrongThumbprint({ claims }: RefusedExchange): Cause {
  return {
    because: `The certificate of the issuer "${stringClaim(claims, 'iss') ?? '(none)'}" is of no authority that AWS trusts and does not match the thumbprints of the provider; probably it was renewed.`,
    next: "Put the new certificate chain's thumbprint into the provider, or use a certificate of a public authority.",
  }
}

function noClaim({ message }: RefusedExchange): Cause {
  const claim = /claim:? *(\w+)/i.exec(message)?.[1] ?? 'sub'
  return {
    because: `The token has no claim "${claim}"; AWS wants iss, sub, aud, iat and exp.`,
    next: `Have the issuer put "${claim}" into the token (Keycloak: the client scopes basic and federate-aws).`,
    expected: claim,
  }
}

function tooLarge({ tokenLength }: RefusedExchange): Cause {
  return {
    because: `The token has ${tokenLength} characters, AWS takes at most 20000.`,
    next: 'Take claims out of it (Keycloak: "Full scope allowed" off, and no default client scope but basic).',
    expected: 'at most 20000 characters',
    actual: `${tokenLength} characters`,
  }
}

function wrongClock({ claims, now }: RefusedExchange): Cause {
  const issued = dateClaim(claims, 'nbf') ?? dateClaim(claims, 'iat')
  const actual = issued?.toISOString() ?? '(none)'
  return {
    because: `The token is valid from ${actual}, and it is ${now.toISOString()} here: the issuer's clock is more than five minutes ahead of AWS's.`,
    next: "Set the issuer's clock (NTP).",
    expected: now.toISOString(),
    actual,
  }
}

function invalidToken({ claims }: RefusedExchange): Cause {
  return {
    because: `AWS does not accept this token of the issuer "${stringClaim(claims, 'iss') ?? '(none)'}" as it is: an algorithm other than RS256, RS384, RS512, ES256, ES384 and ES512, a wrong signature, or a claim of the wrong type.`,
    next: explain,
  }
}

function expired({ claims, now }: RefusedExchange): Cause {
  const until = dateClaim(claims, 'exp')
  const actual = until?.toISOString() ?? '(none)'
  const ahead = until !== undefined && until > now
  return {
    because: ahead
      ? `The token's exp is ${actual} and it is ${now.toISOString()} here, so this machine's or the issuer's clock is behind AWS's, or the token was issued too long ago.`
      : `The token's exp is ${actual} and it is ${now.toISOString()} now.`,
    next: ahead ? 'Set the clocks (NTP).' : 'Get a new token: `federate token`, or see why its file is not renewed.',
    expected: now.toISOString(),
    actual,
  }
}

function notAuthorized({ runtime, claims }: RefusedExchange): Cause {
  const actual = stringClaim(claims, 'sub') ?? '(none)'
  const expected = runtime.subject
  if (expected === undefined) {
    return {
      because: `The role's trust policy does not admit the token's sub "${actual}" with this audience, or there is no such role.`,
      next: explain,
      actual,
    }
  }
  if (actual !== expected) {
    return {
      because: `The token's sub is "${actual}", the role expects "${expected}".`,
      next: 'Check which service this token belongs to. `federate explain aws` shows every rule that AWS applies.',
      expected,
      actual,
    }
  }
  return {
    because: `The token's sub is "${actual}", as the role should expect, so the role does not exist, its trust policy differs from federate.yaml, or the token has session tags that the policy does not allow (sts:TagSession).`,
    next: 'Run `federate plan aws` to see how the role differs.',
    expected,
    actual,
  }
}

function rejectedClaim(): Cause {
  return { because: 'The issuer has revoked the token or one of its claims.', next: 'Get a new token.' }
}

function sessionTooLarge(): Cause {
  return { because: "The token's session tags are too large together.", next: 'Put fewer tags into the token.' }
}

function regionDisabled({ runtime }: RefusedExchange): Cause {
  return {
    because: `STS is not active in the region ${runtime.region ?? 'that was asked'} for account ${accountOf(runtime)}.`,
    next: 'Activate it in the account settings of IAM, or set another region for the target.',
  }
}

function tooLong({ runtime }: RefusedExchange): Cause {
  const actual = `${runtime.durationSeconds} seconds`
  return {
    because: `The service asks for ${actual}, more than the role's maximum session duration.`,
    next: "Raise the target's maxSessionDuration in federate.yaml and run `federate setup aws`, or ask for less.",
    actual,
  }
}

function accountOf(runtime: AwsRuntime): string {
  return parseIamArn(runtime.roleArn)?.account ?? '(unknown)'
}
