import { describeValue } from '../describe-value.ts'
import { type Path, valueAt } from '../redaction/secret-scan.ts'
import { nearest } from '../suggest.ts'
import type { YamlDocument } from './document.ts'
import { describeFound, type Finding } from './finding.ts'
import { entriesAt, textAt } from './values.ts'

/** What is right by itself and wrong together. Looks at what was written, so that it also speaks of faulty files. */
export function crossFindings(yaml: YamlDocument, isCloudAudience: (audience: string) => boolean): Finding[] {
  const services = entriesAt(yaml.value, ['services']).map(([name]) => name)
  return [
    ...services.flatMap((service) => issuerFindings(service, yaml)),
    ...services.flatMap((service) => subjectFindings(service, yaml)),
    ...services.flatMap((service) => registrationFindings(service, yaml)),
    ...services.flatMap((service) => roleFindings(service, yaml)),
    ...userNameFindings(services, yaml),
    ...audienceFindings(yaml),
    ...cloudAudienceFindings(yaml, isCloudAudience),
    ...entriesAt(yaml.value, ['issuers']).flatMap(([issuer]) => audienceStyleFindings(issuer, yaml)),
  ]
}

function issuerFindings(service: string, yaml: YamlDocument): Finding[] {
  const path = ['services', service, 'issuer']
  const known = entriesAt(yaml.value, ['issuers']).map(([name]) => name)
  const choices = known.join(', ')
  const written = valueAt(yaml.value, path)
  if (written === undefined) {
    if (known.length < 2 || entriesAt(yaml.value, ['services', service]).length === 0) return []
    const expected = `the name of one of the ${known.length} issuers: ${choices}`
    return [{ code: 'MISSING_KEY', path, message: `is missing, expected ${expected}`, expected }]
  }
  if (typeof written !== 'string' || known.includes(written)) return []
  const found = describeFound(path, yaml, written)
  const expected = `the name of an issuer: ${choices || '(none is given)'}`
  const suggestion = nearest(written, known)
  const hint = suggestion === undefined ? '' : `; did you mean "${suggestion}"?`
  const message = `found ${found}, expected ${expected}${hint}`
  return [{ code: 'UNKNOWN_ISSUER', path, message, found, expected, suggestion }]
}

/** Only Keycloak's subject is known before anything exists. */
function subjectFindings(service: string, yaml: YamlDocument): Finding[] {
  const path = ['services', service, 'subject']
  const issuer = issuerOf(service, yaml)
  if (issuer === undefined || valueAt(yaml.value, path) !== undefined) return []
  if (textAt(yaml.value, ['issuers', issuer, 'kind']) !== 'oidc') return []
  const expected = `the sub of this service's tokens: the issuer "${issuer}" is of kind oidc, and only Keycloak's is known beforehand`
  return [{ code: 'MISSING_KEY', path, message: `is missing, expected ${expected}`, expected }]
}

const registrationMethods: Readonly<Record<string, string>> = {
  jwksUri: 'private_key_jwt',
  certificateSubject: 'tls_client_auth',
  identityProvider: 'jwt_file',
  assertionSubject: 'jwt_file',
}

/** Each way of proving oneself is registered by keys of its own; an assertion by both of its two. */
function registrationFindings(service: string, yaml: YamlDocument): Finding[] {
  const path = ['services', service, 'registration']
  const method = textAt(yaml.value, ['services', service, 'auth', 'method'])
  const given = entriesAt(yaml.value, path).map(([key]) => key)
  const foreign = given.flatMap((key): Finding[] => {
    const needed = registrationMethods[key]
    if (needed === undefined || method === undefined || needed === method) return []
    const message = `is for auth.method ${needed}, and the service uses ${method}; remove it, or change the method`
    return [{ code: 'UNKNOWN_KEY', path: [...path, key], part: 'key', message }]
  })
  const lacking = ['identityProvider', 'assertionSubject'].filter((key) => !given.includes(key))
  if (lacking.length !== 1) return foreign
  const [lack = ''] = lacking
  const expected = 'identityProvider and assertionSubject together: whose assertions, and for whom'
  return [
    ...foreign,
    { code: 'MISSING_KEY', path: [...path, lack], message: `is missing, expected ${expected}`, expected },
  ]
}

/** Keycloak names a service account's user after the client id in lower case, and user names are unique in a realm. */
function userNameFindings(services: readonly string[], yaml: YamlDocument): Finding[] {
  const first = new Map<string, string>()
  return services.flatMap((service) => {
    const issuer = issuerOf(service, yaml)
    if (issuer === undefined || textAt(yaml.value, ['issuers', issuer, 'kind']) !== 'keycloak') return []
    const path = ['services', service, 'clientId']
    const clientId = textAt(yaml.value, path) ?? service
    const url = textAt(yaml.value, ['issuers', issuer, 'url']) ?? issuer
    const key = JSON.stringify([url, clientId.toLowerCase()])
    const other = first.get(key)
    if (other === undefined) {
      first.set(key, service)
      return []
    }
    const message = `found ${describeFound(path, yaml, clientId)}, which Keycloak cannot tell from the client id of the service "${other}": both are the user service-account-${clientId.toLowerCase()}; give one of them another client id`
    return [{ code: 'CLIENT_ID_CLASH', path, message }]
  })
}

/** Roles are of the APIs of the same file: nothing needs to be asked to see that there is none. */
function roleFindings(service: string, yaml: YamlDocument): Finding[] {
  const path = ['services', service, 'roles']
  const apis = entriesAt(yaml.value, ['apis']).map(([name]) => name)
  return entriesAt(yaml.value, path).flatMap(([api, names]): Finding[] => {
    if (!apis.includes(api))
      return [unknownName('UNKNOWN_API', [...path, api], 'key', api, apis, 'an API of this file')]
    const roles = valueAt(yaml.value, ['apis', api, 'roles'])
    const known = Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : []
    if (!Array.isArray(names)) return []
    return names.flatMap((role: unknown, index): Finding[] =>
      typeof role !== 'string' || known.includes(role)
        ? []
        : [unknownName('UNKNOWN_ROLE', [...path, api, index], 'value', role, known, `a role of the API "${api}"`)],
    )
  })
}

function unknownName(
  code: string,
  path: Path,
  part: 'key' | 'value',
  name: string,
  known: readonly string[],
  what: string,
): Finding {
  const found = describeValue(name)
  const expected = `${what}: ${known.join(', ') || '(none is given)'}`
  const suggestion = nearest(name, known)
  const hint = suggestion === undefined ? '' : `; did you mean "${suggestion}"?`
  return { code, path, part, message: `found ${found}, expected ${expected}${hint}`, found, expected, suggestion }
}

function audienceFindings(yaml: YamlDocument): Finding[] {
  const first = new Map<string, string>()
  return entriesAt(yaml.value, ['apis']).flatMap(([api]) => {
    const path = ['apis', api, 'audience']
    const audience = textAt(yaml.value, path)
    const other = audience === undefined ? undefined : first.get(audience)
    if (audience !== undefined && other === undefined) first.set(audience, api)
    if (other === undefined) return []
    const found = describeFound(path, yaml, audience)
    const message = `found ${found}, which is the audience of "${other}" already; a token for one would be accepted by the other`
    return [{ code: 'DUPLICATE_AUDIENCE', path, message, found }]
  })
}

/** A token for such an API could be exchanged for credentials by whoever gets it there. */
function cloudAudienceFindings(yaml: YamlDocument, isCloudAudience: (audience: string) => boolean): Finding[] {
  return entriesAt(yaml.value, ['apis']).flatMap(([api]): Finding[] => {
    const path = ['apis', api, 'audience']
    const audience = textAt(yaml.value, path)
    if (audience === undefined || !isCloudAudience(audience)) return []
    const found = describeFound(path, yaml, audience)
    const expected = 'an audience of its own'
    const message = `found ${found}, expected ${expected}: a cloud takes tokens for this one, so whoever gets them at the API could exchange them`
    return [{ code: 'CLOUD_AUDIENCE', path, message, found, expected }]
  })
}

function audienceStyleFindings(issuer: string, yaml: YamlDocument): Finding[] {
  const path: Path = ['issuers', issuer, 'audienceAs']
  if (textAt(yaml.value, ['issuers', issuer, 'kind']) !== 'keycloak' || valueAt(yaml.value, path) === undefined)
    return []
  const message = 'cannot be chosen for kind: keycloak, which is asked for an audience by a scope; remove it'
  return [{ code: 'UNKNOWN_KEY', path, part: 'key', message }]
}

/** The name of a service's issuer, where it can be told. */
function issuerOf(service: string, yaml: YamlDocument): string | undefined {
  const known = entriesAt(yaml.value, ['issuers']).map(([name]) => name)
  const written = valueAt(yaml.value, ['services', service, 'issuer'])
  if (written === undefined) return known.length === 1 ? known[0] : undefined
  return known.find((name) => name === written)
}
