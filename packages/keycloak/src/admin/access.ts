import { type ClientAuthentication, clientSecret, FederateError, privateKeyJwt } from '@federate/core'
import { isLoopbackIssuer } from '@federate/core/rules'
import { sandboxRealms } from './sandbox.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** Who changes the realm, and where that one logs in. */
export type AdminLogin =
  | { readonly kind: 'password'; readonly realm: string; readonly username: string; readonly password: () => string }
  | { readonly kind: 'client'; readonly realm: string; readonly clientId: string; readonly auth: ClientAuthentication }

/** One realm and the server that has it. */
export interface RealmPlace {
  /** Base URL of the server without a slash at its end, with its relative path: `https://keycloak.example.com/auth`. */
  readonly base: string
  readonly realm: string
}

const prefix = 'FEDERATE_KEYCLOAK_'

/** Whether the environment says who administers Keycloak. */
export function hasAdminAccess(env: Environment): boolean {
  return env[`${prefix}USERNAME`] !== undefined || env[`${prefix}CLIENT_ID`] !== undefined
}

/**
 * Where the Admin API of an issuer's realm is: at the issuer's own address, or at the one that is given because the
 * server is administered under another name.
 *
 * @throws FederateError `KEYCLOAK_ISSUER_URL` for an issuer that is no realm.
 */
export function realmPlace(issuer: string, adminUrl?: string): RealmPlace {
  const [, base = '', realm = ''] = /^(https?:\/\/.+)\/realms\/([^/]+)$/.exec(issuer) ?? []
  if (realm === '') {
    throw new FederateError({
      code: 'KEYCLOAK_ISSUER_URL',
      outcome: 'usage',
      problem: `The issuer ${issuer} is not the URL of a Keycloak realm, which ends with /realms/<name>.`,
      next: "Give the URL that the realm's settings show, or kind: oidc for an issuer that is no Keycloak.",
    })
  }
  return { base: (adminUrl ?? base).replace(/\/+$/, ''), realm: decodeURIComponent(realm) }
}

/**
 * The administrator from the environment: FEDERATE_KEYCLOAK_USERNAME and _PASSWORD, or _CLIENT_ID with one of
 * _CLIENT_SECRET, _CLIENT_SECRET_FILE and _CLIENT_KEY_FILE. FEDERATE_KEYCLOAK_LOGIN_REALM says where they log in;
 * default: `master` for a user, the realm itself for a client.
 *
 * @throws FederateError (usage) `KEYCLOAK_ACCESS_MISSING`.
 */
export function adminLogin(env: Environment, { base, realm }: RealmPlace): AdminLogin {
  const loginRealm = env[`${prefix}LOGIN_REALM`]
  const clientId = env[`${prefix}CLIENT_ID`]
  if (clientId !== undefined) {
    return { kind: 'client', realm: loginRealm ?? realm, clientId, auth: clientProof(env, base) }
  }
  const username = env[`${prefix}USERNAME`]
  const password = env[`${prefix}PASSWORD`]
  if (username === undefined || password === undefined) throw accessMissing(base)
  return { kind: 'password', realm: loginRealm ?? 'master', username, password: () => password }
}

function clientProof(env: Environment, base: string): ClientAuthentication {
  const value = env[`${prefix}CLIENT_SECRET`]
  const file = env[`${prefix}CLIENT_SECRET_FILE`]
  const key = env[`${prefix}CLIENT_KEY_FILE`]
  if (key !== undefined) return privateKeyJwt({ file: key })
  if (file !== undefined) return clientSecret({ file })
  if (value !== undefined) return clientSecret({ value })
  throw accessMissing(base)
}

function accessMissing(base: string): FederateError {
  const sandbox = isLoopbackIssuer(base)
    ? ` If it is the sandbox at ${base}, there is nothing to set up: ${sandboxRealms}`
    : ''
  return new FederateError({
    code: 'KEYCLOAK_ACCESS_MISSING',
    outcome: 'usage',
    problem: 'Nothing says who administers Keycloak.',
    next: `Set FEDERATE_KEYCLOAK_USERNAME and FEDERATE_KEYCLOAK_PASSWORD, or FEDERATE_KEYCLOAK_CLIENT_ID with FEDERATE_KEYCLOAK_CLIENT_SECRET, FEDERATE_KEYCLOAK_CLIENT_SECRET_FILE or FEDERATE_KEYCLOAK_CLIENT_KEY_FILE.${sandbox}`,
  })
}
