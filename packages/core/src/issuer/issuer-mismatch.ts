import { FederateError } from '../errors.ts'
import { printable } from '../redaction/printable.ts'

/** `ISSUER_MISMATCH` (refused): the discovery document is for another issuer than the one that was asked. */
export function issuerMismatch(asked: string, stated: unknown, source: string): FederateError {
  const named = typeof stated === 'string' ? printable(stated) : undefined
  return new FederateError({
    code: 'ISSUER_MISMATCH',
    outcome: 'refused',
    problem: `The issuer was given as ${asked}, but ${source} says that its issuer is ${named ?? 'nothing'}; the "iss" of its tokens would not match.`,
    next: named === undefined ? 'Check that the URL is that of an OpenID Connect issuer.' : hint(asked, named),
    details: { asked, stated: named ?? null },
  })
}

function hint(asked: string, stated: string): string {
  if (stated === `${asked}/`) {
    if (URL.parse(stated)?.pathname === '/') return `Give ${stated}, with the slash.`
    return 'Have the issuer name itself without the slash at its end: clouds compare the two character by character, and not all accept one.'
  }
  if (withoutBasePath(asked) === withoutBasePath(stated)) {
    return `The two differ by the base path /auth: give ${stated}, or correct --http-relative-path or --hostname of Keycloak.`
  }
  if (differsOnlyInCase(asked, stated)) return `The two differ only in upper and lower case: give ${stated}.`
  if (samePath(asked, stated)) {
    return `The issuer answers under a second address. Give ${stated} if that is its public name; else set Keycloak's --hostname (or the realm's Frontend URL) to the address that was given.`
  }
  return `Give ${stated} if that is the issuer you mean.`
}

function withoutBasePath(issuer: string): string {
  return issuer.replace(/\/auth(?=\/realms\/)/, '')
}

function differsOnlyInCase(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

function samePath(a: string, b: string): boolean {
  return URL.parse(a)?.pathname === URL.parse(b)?.pathname
}
