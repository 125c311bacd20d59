import { type ClientAuthentication, clientSecret, FederateError, privateKeyJwt } from '@federate/core'
import { sandboxHasNoAdmin } from './sandbox.ts'

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
const proofs = ['CLIENT_SECRET', 'CLIENT_SECRET_FILE', 'CLIENT_KEY_FILE']

/** Whether the environment says who administers Keycloak, or half of it: then `adminLogin` says what is missing. */
export function hasAdminAccess(env: Environment): boolean {
  return ['USERNAME', 'PASSWORD', 'CLIENT_ID', ...proofs].some((name) => variable(env, name) !== undefined)
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
  const loginRealm = variable(env, 'LOGIN_REALM')
  const clientId = variable(env, 'CLIENT_ID')
  if (clientId !== undefined) {
    return { kind: 'client', realm: loginRealm ?? realm, clientId, auth: clientProof(env, base) }
  }
  const username = variable(env, 'USERNAME')
  const password = variable(env, 'PASSWORD')
  if (username === undefined || password === undefined) throw accessMissing(env, base)
  return { kind: 'password', realm: loginRealm ?? 'master', username, password: () => password }
}

function clientProof(env: Environment, base: string): ClientAuthentication {
  const value = variable(env, 'CLIENT_SECRET')
  const file = variable(env, 'CLIENT_SECRET_FILE')
  const key = variable(env, 'CLIENT_KEY_FILE')
  if (key !== undefined) return privateKeyJwt({ file: key })
  if (file !== undefined) return clientSecret({ file })
  if (value !== undefined) return clientSecret({ value })
  throw accessMissing(env, base)
}

/** A variable that is set to nothing says nothing. */
function variable(env: Environment, name: string): string | undefined {
  return env[`${prefix}${name}`] || undefined
}

function accessMissing(env: Environment, base: string): FederateError {
  if (env['FEDERATE_SANDBOX']) return sandboxHasNoAdmin(base)
  const user = `${prefix}USERNAME and ${prefix}PASSWORD`
  const client = `${prefix}CLIENT_ID with ${prefix}${proofs[0]}, ${prefix}${proofs[1]} or ${prefix}${proofs[2]}`
  const half = missingHalf(env)
  return new FederateError({
    code: 'KEYCLOAK_ACCESS_MISSING',
    outcome: 'usage',
    problem:
      half === undefined
        ? 'Nothing says who administers Keycloak.'
        : `Only half is said of who administers Keycloak: ${prefix}${half.set} is set, and ${half.missing}.`,
    next: `Set ${user}, or ${client}.`,
  })
}

/** What is set of a pair, and what is missing beside it. */
function missingHalf(env: Environment): { readonly set: string; readonly missing: string } | undefined {
  const proof = proofs.find((name) => variable(env, name) !== undefined)
  if (variable(env, 'CLIENT_ID') !== undefined) {
    return { set: 'CLIENT_ID', missing: `none of ${proofs.map((name) => prefix + name).join(', ')} is` }
  }
  if (variable(env, 'USERNAME') !== undefined) return { set: 'USERNAME', missing: `${prefix}PASSWORD is not` }
  if (variable(env, 'PASSWORD') !== undefined) return { set: 'PASSWORD', missing: `${prefix}USERNAME is not` }
  return proof === undefined ? undefined : { set: proof, missing: `${prefix}CLIENT_ID is not` }
}
