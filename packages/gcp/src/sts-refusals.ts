import { audiences, dateClaim, type JwtClaims, stringClaim } from '@federate/core'

/** What is asked for by an exchange, as far as its refusals are about it. */
export interface ExchangeTarget {
  /** `projects/{number}/locations/global/workloadIdentityPools/{pool}/providers/{provider}`. */
  readonly provider: string
  /** What STS must find in the token's `aud`. */
  readonly audience: string
  /** The email address of the account to become. */
  readonly serviceAccount?: string | undefined
  /** The `sub` that the provider expects. */
  readonly subject?: string | undefined
}

/** What is known when STS has refused a token. */
export interface RefusedExchange {
  readonly target: ExchangeTarget
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: JwtClaims
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
  /** STS's `error`. */
  readonly error: string
  /** Tells apart what STS puts under one error. */
  readonly message?: RegExp
  readonly code: string
  readonly cause: (exchange: RefusedExchange) => Cause
  /** Seen for some minutes after the trust was made or changed, until all of Google knows of it. Default: false. */
  readonly propagating?: boolean
}

const explain = 'Run `federate explain gcp` with this token to see every rule that Google applies.'

/**
 * The refusals of STS, first match first. Sources: Troubleshoot Workload Identity Federation, and public issues with
 * Google's answers: google-github-actions/auth#370 (target), #378 (type), #124 (size), setup-gcloud#546 (audience).
 */
export const stsRefusals: readonly StsRefusal[] = [
  { error: 'invalid_target', code: 'GCP_NO_PROVIDER', cause: noProvider, propagating: true },
  { error: 'invalid_request', message: /Invalid value for "audience"/i, code: 'GCP_PROVIDER_NAME', cause: wrongName },
  { error: 'invalid_request', message: /127 bytes/i, code: 'GCP_SUBJECT_TOO_LONG', cause: subjectTooLong },
  { error: 'invalid_request', message: /size of mapped/i, code: 'GCP_ATTRIBUTES_TOO_LARGE', cause: attributesTooLarge },
  {
    error: 'invalid_grant',
    message: /audience in ID Token/i,
    code: 'GCP_TOKEN_AUDIENCE',
    cause: wrongAudience,
    propagating: true,
  },
  { error: 'invalid_grant', message: /issuer in ID Token/i, code: 'GCP_TOKEN_ISSUER', cause: wrongIssuer },
  {
    error: 'invalid_grant',
    message: /connecting to the given credential's issuer/i,
    code: 'GCP_ISSUER_NOT_CONNECTED',
    cause: notConnected,
    propagating: true,
  },
  {
    error: 'invalid_grant',
    message: /verify the ID Token signature/i,
    code: 'GCP_TOKEN_SIGNATURE',
    cause: wrongSignature,
  },
  { error: 'invalid_grant', message: /stale to sign-in/i, code: 'GCP_TOKEN_EXPIRED', cause: stale },
  { error: 'invalid_grant', message: /parse the ID Token/i, code: 'GCP_TOKEN_NOT_A_JWT', cause: notAJwt },
  {
    error: 'unauthorized_client',
    message: /attribute condition/i,
    code: 'GCP_CONDITION',
    cause: conditionRejected,
    propagating: true,
  },
  { error: 'unauthorized_client', message: /must be of type/i, code: 'GCP_ATTRIBUTE_TYPE', cause: wrongType },
  { error: 'unauthorized_client', message: /obtain a value for/i, code: 'GCP_NO_SUBJECT', cause: noSubject },
]

function noProvider({ target }: RefusedExchange): Cause {
  return {
    because: `Google says the same of a pool or provider that is not there, disabled or deleted; deleted ones keep their name for 30 days. Asked was ${target.provider}.`,
    next: 'Run `federate plan gcp` to see which it is; `federate setup gcp` brings deleted ones back.',
    actual: target.provider,
  }
}

function wrongName({ target }: RefusedExchange): Cause {
  return {
    because: `"${target.provider}" is not the name of a provider.`,
    next: 'Use projects/<number>/locations/global/workloadIdentityPools/<pool>/providers/<provider>, with the number of the project.',
    expected: 'projects/<number>/locations/global/workloadIdentityPools/<pool>/providers/<provider>',
    actual: target.provider,
  }
}

function subjectTooLong({ claims }: RefusedExchange): Cause {
  const subject = stringClaim(claims, 'sub') ?? '(none)'
  const actual = `${Buffer.byteLength(subject)} bytes`
  return {
    because: `google.subject may have 127 bytes; the token's sub "${subject}" has ${actual.replace(' bytes', '')}.`,
    next: 'Map a part of it that is unique (extract, split), or another claim: `mapping` of the target in federate.yaml.',
    expected: 'at most 127 bytes',
    actual,
  }
}

function attributesTooLarge(): Cause {
  return {
    because: 'All mapped attributes together may have 8 KB.',
    next: 'Map only what conditions and bindings use, or have the issuer put fewer groups into the token.',
    expected: 'at most 8 KB',
  }
}

function wrongAudience({ target, claims }: RefusedExchange): Cause {
  const actual = audiences(claims).join(', ') || '(none)'
  const expected = target.audience
  if (audiences(claims).includes(expected))
    return {
      because: `The token's aud is "${actual}", as this target has it, so the provider allows another audience. Where it lists audiences, its own name is none of them any more.`,
      next: 'Run `federate plan gcp` to see how the provider differs; where it does not, the service file is old, and `federate setup gcp` writes it anew.',
      expected,
      actual,
    }
  return {
    because: `The token's aud is "${actual}", this target's audience is "${expected}".`,
    next: `Ask the issuer for a token for "${expected}" (Keycloak: attach the client scope federate-gcp). Where the provider has another audience by now, the service file is old: \`federate setup gcp\` writes it anew.`,
    expected,
    actual,
  }
}

function wrongIssuer({ claims, message }: RefusedExchange): Cause {
  const actual = stringClaim(claims, 'iss') ?? '(none)'
  const expected = /(?:in config|expected ones): (\S+?)\.?$/.exec(message)?.[1]
  return {
    because: `The token's iss is "${actual}"${expected === undefined ? ', and the provider has another' : `, the provider has "${expected}"`}: letter case and path count.`,
    next: 'Give the provider the exact iss of the tokens: `federate setup gcp`, with the issuer URL as its tokens have it.',
    ...(expected === undefined ? {} : { expected }),
    actual,
  }
}

function notConnected({ header, claims }: RefusedExchange): Cause {
  const issuer = stringClaim(claims, 'iss') ?? '(none)'
  return {
    because: `Google says this of an issuer that it cannot reach from the internet ("${issuer}"), of keys that it cannot read, and of a key that it does not find: the token names kid "${String(header['kid'] ?? '(none)')}", and uploaded keys do not follow a rotation.`,
    next: "Make the issuer's discovery document and keys reachable from the internet, or give the target `keys: uploaded`: `federate setup gcp` then uploads the present keys.",
    actual: issuer,
  }
}

function wrongSignature({ header }: RefusedExchange): Cause {
  return {
    because: `The key with kid "${String(header['kid'] ?? '(none)')}" that Google has did not sign this token: another key under the same name, or a token that was changed.`,
    next: 'Run `federate explain gcp` with --jwks to check the signature, and `federate setup gcp` where keys are uploaded.',
  }
}

function stale({ claims, now }: RefusedExchange): Cause {
  const issued = dateClaim(claims, 'iat')
  const until = dateClaim(claims, 'exp')
  const actual = until?.toISOString() ?? '(none)'
  const expected = now.toISOString()
  if (issued === undefined || until === undefined)
    return {
      because: `The token has no ${issued === undefined ? 'iat' : 'exp'}, and Google wants both.`,
      next: 'Have the issuer write iat and exp.',
    }
  if (issued > now)
    return {
      because: `The token was issued at ${issued.toISOString()}, and it is ${expected} here: the issuer's clock is ahead.`,
      next: "Set the issuer's clock (NTP).",
      expected,
      actual: issued.toISOString(),
    }
  const ahead = until > now
  return {
    because: ahead
      ? `The token's exp is ${actual} and it is ${expected} here, so this machine's or the issuer's clock is behind Google's.`
      : `The token's exp is ${actual} and it is ${expected} now.`,
    next: ahead ? 'Set the clocks (NTP).' : 'Get a new token: `federate token`, or see why its file is not renewed.',
    expected,
    actual,
  }
}

function notAJwt(): Cause {
  return {
    because: 'What was sent is no JWT, or has characters around it, such as a line break at the end of a file.',
    next: 'Check what wrote the token: an access token from Keycloak starts with "eyJ".',
  }
}

function conditionRejected({ target, claims }: RefusedExchange): Cause {
  const actual = stringClaim(claims, 'sub') ?? '(none)'
  const expected = target.subject
  if (expected !== undefined && expected !== actual)
    return {
      because: `The token's sub is "${actual}", this target's subject is "${expected}".`,
      next: 'Check which service this token belongs to.',
      expected,
      actual,
    }
  return {
    because: `The provider's attribute condition is not true for the token (sub "${actual}"); a claim that it asks for and the token lacks refuses too.`,
    next: explain,
    actual,
  }
}

function wrongType({ message }: RefusedExchange): Cause {
  const [, attribute = 'google.subject', type = 'STRING'] =
    /attribute '([^']+)' must be of type (\w+)/i.exec(message) ?? []
  return {
    because: `The mapping of ${attribute} gives something that is no ${type}: a comparison, a number or a list.`,
    next: 'Map a text: a number by string(…), one of a list by [0]. What must be equal belongs into the condition.',
    expected: type,
  }
}

function noSubject({ claims }: RefusedExchange): Cause {
  return {
    because: `The mapping of google.subject gives nothing with this token, whose claims are ${Object.keys(claims).join(', ')}.`,
    next: 'Map google.subject from a claim that the token has (Keycloak: the client scope basic gives sub).',
  }
}
