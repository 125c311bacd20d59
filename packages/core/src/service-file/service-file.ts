import { describePath } from '../describe-value.ts'
import { FederateError } from '../errors.ts'
import { parseIssuerUrl } from '../issuer/issuer-url.ts'
import type { JsonValue } from '../plan/resource.ts'
import { findSecrets, isUrlWithUserInfo, type Layout, shownPath, valueAt } from '../redaction/secret-scan.ts'
import {
  type Fields,
  objectAt,
  oneOfAt,
  optionalOneOfAt,
  optionalStringAt,
  refuseUnknownKeys,
  serviceFileInvalid,
  stringAt,
  wrongShape,
} from '../shape.ts'
import { ownParameters } from '../tokens/audience.ts'
import type { AudienceStyle, Issuer, RuntimeTarget, ServiceFile } from './service.ts'
import { parseAuth } from './service-file-auth.ts'

const audienceStyles: readonly AudienceStyle[] = ['scope', 'audience', 'resource', 'none']
const secretPlaces: ReadonlySet<string> = new Set(['secret', 'key', 'passphrase', 'certificate'])

const layout: Layout = {
  isName: (path) => path.length === 2 && (path[0] === 'targets' || path[0] === 'apis'),
  isReference: (path) => path.length === 2 && path[0] === 'auth' && secretPlaces.has(String(path[1])),
}

/**
 * Checks the text of a service file. What a target holds beside `cloud` is its cloud's to check.
 *
 * @param path names the file in messages.
 * @throws FederateError (usage) `SERVICE_FILE_INVALID`; `SERVICE_FILE_VERSION` when another version of the format wrote
 *   it; `SERVICE_FILE_SECRET` when a secret stands in it; or an `ISSUER_URL_…` code of `parseIssuerUrl`.
 */
export function parseServiceFile(text: string, path: string): ServiceFile {
  const value = parseJson(text, path)
  const fields = objectAt(value, path)
  checkVersion(fields, path)
  refuseSecrets(value, path)
  refuseUnknownKeys(fields, ['version', 'service', 'issuer', 'clientId', 'auth', 'targets', 'apis'], path)
  const apis = fields['apis'] === undefined ? undefined : parseApis(fields['apis'], `${path}, apis`)
  return {
    version: 1,
    service: stringAt(fields, 'service', path),
    issuer: parseIssuer(fields['issuer'], `${path}, issuer`),
    clientId: stringAt(fields, 'clientId', path),
    auth: parseAuth(fields['auth'], `${path}, auth`),
    targets: parseTargets(fields['targets'], `${path}, targets`),
    ...(apis === undefined ? {} : { apis }),
  }
}

/** V8's own message quotes the text around the fault, which may be a secret; only the place is kept. */
function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    const at = error instanceof SyntaxError ? /\(line (\d+) column (\d+)\)$/.exec(error.message) : null
    const place = at === null ? path : `${path}:${at[1]}:${at[2]}`
    const what = text.trim() === '' ? 'is empty' : 'is not JSON'
    throw serviceFileInvalid(`${place} ${what}, expected the JSON object that \`federate setup\` wrote`, { path })
  }
}

function checkVersion(fields: Fields, path: string): void {
  const version = fields['version']
  if (version === 1) return
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    throw wrongShape(`${path}, version`, version, '1')
  }
  throw new FederateError({
    code: 'SERVICE_FILE_VERSION',
    outcome: 'usage',
    problem: `${path} has version ${version} and was written by a newer version of federate; this one reads version 1.`,
    next: 'Bring federate on this host to the version that wrote the file, or write the file anew with `federate setup` of this version.',
    details: { path, version, expected: 1 },
  })
}

function refuseSecrets(root: unknown, path: string): void {
  const found = findSecrets(root, layout)
  if (found.length === 0) return
  const places = found.map((place) => describePath(shownPath(place, root, layout)))
  const inUrls = found.every((place) => isUrlWithUserInfo(place, valueAt(root, place), layout))
  const move =
    'Move it to a file of its own, write { "file": "<path>" } or { "env": "<name of a variable>" } in its place, and replace'
  throw new FederateError({
    code: 'SERVICE_FILE_SECRET',
    outcome: 'usage',
    problem: `${path} holds a secret at ${places.join(', ')}; a secret does not belong in a service file.`,
    next: `${inUrls ? 'Take user and password out of the URL, and replace' : move} the secret if others could read this file.`,
    details: { path, places },
  })
}

function parseIssuer(value: unknown, where: string): Issuer {
  const fields = objectAt(value, where)
  refuseUnknownKeys(fields, ['url', 'kind', 'audienceAs', 'parameters', 'ca'], where)
  const audienceAs = optionalOneOfAt(fields, 'audienceAs', audienceStyles, where)
  const ca = optionalStringAt(fields, 'ca', where)
  const parameters = fields['parameters']
  return {
    url: parseIssuerUrl(stringAt(fields, 'url', where)),
    kind: oneOfAt(fields, 'kind', ['keycloak', 'oidc'], where),
    ...(audienceAs === undefined ? {} : { audienceAs }),
    ...(parameters === undefined ? {} : { parameters: parseParameters(parameters, `${where}.parameters`) }),
    ...(ca === undefined ? {} : { ca }),
  }
}

function parseParameters(value: unknown, where: string): Record<string, string> {
  const fields = objectAt(value, where)
  const own = Object.keys(fields).find((name) => ownParameters.has(name))
  if (own !== undefined) throw wrongShape(`${where}.${own}`, 'given', 'nothing: federate sets this parameter itself')
  return mapValues(fields, (_, name) => stringAt(fields, name, where))
}

function parseTargets(value: unknown, where: string): Record<string, RuntimeTarget> {
  return mapValues(objectAt(value, where), (target, name) => {
    const place = `${where}.${name}`
    const fields = objectAt(target, place)
    return { ...mapValues(fields, jsonOf), cloud: stringAt(fields, 'cloud', place) }
  })
}

function parseApis(value: unknown, where: string): Record<string, string> {
  const fields = objectAt(value, where)
  return mapValues(fields, (_, name) => stringAt(fields, name, where))
}

/** What JSON.parse made holds nothing but JSON; this says so to the compiler. */
function jsonOf(value: unknown): JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value
  if (Array.isArray(value)) return value.map(jsonOf)
  return mapValues(Object.fromEntries(Object.entries(value ?? {})), jsonOf)
}

function mapValues<In, Out>(fields: Readonly<Record<string, In>>, map: (value: In, key: string) => Out) {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, map(value, key)]))
}
