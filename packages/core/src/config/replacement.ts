import { stringify } from 'yaml'
import type { AuthReference, Issuer } from '../service-file/service.ts'
import { readYaml } from './document.ts'
import { entriesAt } from './values.ts'

/** What takes the place of a part of federate.yaml, by the names of issuers and of services. */
export interface Replacement {
  readonly issuers: Readonly<Record<string, Issuer>>
  readonly auth: Readonly<Record<string, AuthReference>>
}

/**
 * The text of another federate.yaml: with these issuers and these ways to tokens, and all else as it is. Comments are lost.
 *
 * @param path names the file in messages.
 * @throws FederateError (usage) `CONFIG_NOT_YAML`.
 */
export function replaceInFederateFile(text: string, path: string, { issuers, auth }: Replacement): string {
  const { value } = readYaml(text, path)
  const services = entriesAt(value, ['services']).map(([name]) => {
    const own = auth[name] === undefined ? {} : { auth: auth[name] }
    return [name, { ...Object.fromEntries(entriesAt(value, ['services', name])), ...own }] as const
  })
  const replaced = {
    ...Object.fromEntries(entriesAt(value, [])),
    issuers: { ...Object.fromEntries(entriesAt(value, ['issuers'])), ...mapped(issuers) },
    services: Object.fromEntries(services),
  }
  return stringify(replaced, { schema: 'core', aliasDuplicateObjects: false, lineWidth: 0 })
}

/** How Keycloak is asked for an audience is no choice, and so no key. */
function mapped(issuers: Replacement['issuers']): Readonly<Record<string, object>> {
  return Object.fromEntries(
    Object.entries(issuers).map(([name, { audienceAs, ...issuer }]) => [
      name,
      issuer.kind === 'keycloak' || audienceAs === undefined ? issuer : { ...issuer, audienceAs },
    ]),
  )
}
