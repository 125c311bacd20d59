import { isPrivateHost, publicPaths, stringClaim } from '@federate/core'
import { isLoopbackIssuer } from '@federate/core/rules'
import { sourceIdentity, tagsSession } from '../rules/session-claims.ts'
import { accountOf, type Cause, explain, type RefusedExchange } from './cause.ts'

/** No provider of that URL: first what an URL can have that no provider's has, then what any may lack. */
export function noProvider({ runtime, claims }: RefusedExchange): readonly Cause[] {
  const issuer = stringClaim(claims, 'iss') ?? '(none)'
  const account = `Account ${accountOf(runtime)}, where the role is,`
  return [
    ...unstorable(issuer),
    {
      because: `${account} has no identity provider for exactly the token's iss "${issuer}": letter case, path and a trailing slash all count.`,
      next: 'Run `federate setup aws` for that account, and check that the service uses the same issuer URL as federate.yaml.',
      actual: issuer,
    },
  ]
}

function unstorable(issuer: string): readonly Cause[] {
  const what = /^http:/.test(issuer)
    ? 'is not https'
    : /^https:\/\/[^/]*:\d/.test(issuer)
      ? 'has a port'
      : /[?#]/.test(issuer)
        ? 'has a query or a fragment'
        : undefined
  // The sandbox takes an issuer on this machine.
  if (what === undefined || isLoopbackIssuer(issuer)) return []
  const because = `The token's iss "${issuer}" ${what}, and no identity provider of IAM can have such a URL.`
  return [{ because, next: 'Give the issuer a public https URL of host and path only.', actual: issuer }]
}

/** No key: first what the token and the issuer's name show, then what only the network knows. */
export function noVerificationKey({ claims, header }: RefusedExchange): readonly Cause[] {
  const issuer = stringClaim(claims, 'iss') ?? '(none)'
  const public_ = `Open ${issuer}/.well-known/openid-configuration and its jwks_uri from outside your network; both must be public.`
  return [
    ...(URL.canParse(issuer) && isPrivateHost(issuer)
      ? [
          {
            because: `The issuer "${issuer}" is at a private address, which AWS cannot reach.`,
            next: `Make it public under the very URL of the token's iss: ${publicPaths(issuer).join(' and ')}.`,
            actual: issuer,
          },
        ]
      : []),
    ...(header['kid'] === undefined
      ? [
          {
            because: 'The token names no key (kid), so AWS finds it only where the issuer publishes a single one.',
            next: 'Have the issuer write kid into the header.',
          },
        ]
      : []),
    {
      because: `AWS could not get the key that signed the token from its issuer "${issuer}": the issuer is not reachable from the internet, took longer than 5 seconds, or publishes no key with the token's kid.`,
      next: public_,
      actual: issuer,
    },
  ]
}

/** The trust policy's no: first what the token shows. AWS itself gives no reason. */
export function notAuthorized(exchange: RefusedExchange): readonly Cause[] {
  const { runtime, claims } = exchange
  const actual = stringClaim(claims, 'sub') ?? '(none)'
  const expected = runtime.subject
  if (expected !== undefined && actual !== expected)
    return [otherSubject(expected, actual), ...furtherActions(exchange)]
  const general = expected === undefined ? unknownSubject(actual) : rightSubject(expected)
  return [...furtherActions(exchange), general]
}

function otherSubject(expected: string, actual: string): Cause {
  const letters = expected.toLowerCase() === actual.toLowerCase() ? ' They differ in upper and lower case only.' : ''
  return {
    because: `The token's sub is "${actual}", this target's subject is "${expected}".${letters}`,
    next: 'Check which service this token belongs to, and whether the service file is the newest. `federate explain aws` shows every rule that AWS applies.',
    expected,
    actual,
  }
}

function unknownSubject(actual: string): Cause {
  return {
    because: `The role's trust policy does not admit the token's sub "${actual}" with this audience, or there is no such role.`,
    next: explain,
    actual,
  }
}

function rightSubject(expected: string): Cause {
  return {
    because: `The token's sub is "${expected}", as this target has it, so the role does not exist, or its trust policy differs from federate.yaml.`,
    next: 'Run `federate plan aws` to see how the role differs.',
    expected,
    actual: expected,
  }
}

/** Claims that need an action of their own; without it AWS refuses the whole call. */
function furtherActions({ claims }: RefusedExchange): readonly Cause[] {
  const needed = [
    ...(tagsSession(claims) ? [['session tags', 'sts:TagSession']] : []),
    ...(sourceIdentity(claims).value === undefined ? [] : [['a source identity', 'sts:SetSourceIdentity']]),
  ]
  return needed.map(([what, action]) => ({
    because: `The token carries ${what}, and the role's trust policy may not allow ${action}.`,
    next: 'Run `federate plan aws`: setup adds it where federate.yaml says so; else take the claim out of the token.',
    expected: `${action}`,
    actual: '(perhaps not allowed)',
  }))
}

export function wrongThumbprint({ claims }: RefusedExchange): Cause {
  return {
    because: `The certificate of the issuer "${stringClaim(claims, 'iss') ?? '(none)'}" is of no authority that AWS trusts and does not match the thumbprints of the provider; probably it was renewed.`,
    next: "Put the new certificate chain's thumbprint into the provider, or use a certificate of a public authority.",
  }
}
