import type { AuthReference, SecretReference, ServiceFile } from '@federate/core'
import type { LentTarget } from './lending.ts'
import { loopbackWithoutProxy } from './loopback-without-proxy.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface ChildEnvironment {
  readonly env: Environment
  /** What was there and would have won over our variables, by name. */
  readonly removed: readonly string[]
}

/** The environment of a command that is to use what is lent: with our variables, without what would win over them. */
export function childEnvironment(
  env: Environment,
  file: ServiceFile,
  lent: readonly Pick<LentTarget, 'endpoint'>[],
  variables: Readonly<Record<string, string>>,
): ChildEnvironment {
  const outranking = new Set(lent.flatMap(({ endpoint }) => endpoint.outranking))
  const secrets = new Set(secretVariables(file.auth))
  const kept = Object.entries(env).filter(
    ([name]) => !outranking.has(name) && !secrets.has(name) && !administrators.test(name),
  )
  const removed = Object.keys(env).filter((name) => outranking.has(name))
  return { env: { ...Object.fromEntries(kept), ...variables, ...loopbackWithoutProxy(env) }, removed }
}

/** What `setup` reads; no service has any use for it. */
const administrators = /^FEDERATE_(?:KEYCLOAK_|ADMIN$)/

/** The variables in which the service itself finds its secrets: the command gets credentials instead. */
export function secretVariables(auth: AuthReference): string[] {
  if (auth.method === 'token_env') return [auth.env]
  if (auth.method === 'github_actions') return ['ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'ACTIONS_ID_TOKEN_REQUEST_URL']
  const places: readonly string[] = ['secret', 'key', 'passphrase', 'certificate']
  return places.flatMap((place) => {
    const reference: unknown = Reflect.get(auth, place)
    return isVariable(reference) ? [reference.env] : []
  })
}

function isVariable(reference: unknown): reference is Extract<SecretReference, { readonly env: string }> {
  return typeof reference === 'object' && reference !== null && 'env' in reference && typeof reference.env === 'string'
}
