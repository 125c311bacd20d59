import { audiences, dateClaim, stringClaim } from '@federate/core'
import { accountOf, type Cause, explain, type RefusedExchange } from './cause.ts'

export function wrongAudience({ runtime, claims }: RefusedExchange): Cause {
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
      because: `The token's ${claim} is "${actual}", this target's audience is "${expected}"${claim === 'azp' ? ' (AWS matches azp and does not look at aud where there is one)' : ''}.`,
      next: `Ask the issuer for a token for "${expected}" (Keycloak: attach the client scope federate-aws), or see every rule with \`federate explain aws\`. Where the provider has another audience by now, the service file is old: \`federate setup aws\` writes it anew.`,
      expected,
      actual,
    }
  }
  return {
    because: `The token's ${claim} is "${actual}", as this target has it. So either the provider in account ${accountOf(runtime)} does not have it in its client ids, or the token's signature or algorithm does not hold.`,
    next: 'Run `federate plan aws` to see how the provider differs (where it does not, the service file is old, and `federate setup aws` writes it anew), and `federate explain aws` with --jwks to check the signature.',
  }
}

export function noClaim({ message }: RefusedExchange): Cause {
  const claim = /claim:? *(\w+)/i.exec(message)?.[1] ?? 'sub'
  return {
    because: `The token has no claim "${claim}"; AWS wants iss, sub, aud, iat and exp.`,
    next: `Have the issuer put "${claim}" into the token (Keycloak: the client scopes basic and federate-aws).`,
    expected: claim,
  }
}

export function tooLarge({ tokenLength }: RefusedExchange): Cause {
  return {
    because: `The token has ${tokenLength} characters, AWS takes at most 20000.`,
    next: 'Take claims out of it (Keycloak: "Full scope allowed" off, and no default client scope but basic).',
    expected: 'at most 20000 characters',
    actual: `${tokenLength} characters`,
  }
}

export function wrongClock({ claims, now }: RefusedExchange): Cause {
  const issued = dateClaim(claims, 'nbf') ?? dateClaim(claims, 'iat')
  const actual = issued?.toISOString() ?? '(none)'
  return {
    because: `The token is valid from ${actual}, and it is ${now.toISOString()} here: the issuer's clock is more than five minutes ahead of AWS's.`,
    next: "Set the issuer's clock (NTP).",
    expected: now.toISOString(),
    actual,
  }
}

export function invalidToken({ claims }: RefusedExchange): Cause {
  return {
    because: `AWS does not accept this token of the issuer "${stringClaim(claims, 'iss') ?? '(none)'}" as it is: an algorithm other than RS256, RS384, RS512, ES256, ES384 and ES512, a wrong signature, or a claim of the wrong type.`,
    next: explain,
  }
}

export function expired({ claims, now }: RefusedExchange): Cause {
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

export function rejectedClaim(): Cause {
  return { because: 'The issuer has revoked the token or one of its claims.', next: 'Get a new token.' }
}
