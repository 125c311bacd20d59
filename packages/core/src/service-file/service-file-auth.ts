import {
  type Fields,
  objectAt,
  oneOfAt,
  optionalIntegerAt,
  optionalOneOfAt,
  optionalStringAt,
  refuseUnknownKeys,
  stringAt,
  wrongShape,
} from '../shape.ts'
import type { AssertionAudience, AuthReference, SecretReference } from './service.ts'

type Method = AuthReference['method']

/** What each method has beside its name. */
const keys: Readonly<Record<Method, readonly string[]>> = {
  client_secret_basic: ['secret'],
  client_secret_post: ['secret'],
  client_secret_jwt: ['secret', 'algorithm', 'audience'],
  private_key_jwt: ['key', 'passphrase', 'keyId', 'algorithm', 'audience', 'certificate'],
  tls_client_auth: ['certificate', 'key', 'passphrase'],
  jwt_file: ['file'],
  token_file: ['file'],
  token_env: ['env'],
  token_command: ['command', 'timeout'],
  github_actions: [],
}

const methods: readonly Method[] = [
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
  'tls_client_auth',
  'jwt_file',
  'token_file',
  'token_env',
  'token_command',
  'github_actions',
]

const audiences: readonly AssertionAudience[] = ['issuer', 'token_endpoint']
const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/

/** How a service file says that the service gets its tokens. */
export function parseAuth(value: unknown, where: string): AuthReference {
  const fields = objectAt(value, where)
  const method = oneOfAt(fields, 'method', methods, where)
  refuseUnknownKeys(fields, ['method', ...keys[method]], where)
  switch (method) {
    case 'client_secret_basic':
    case 'client_secret_post':
      return { method, secret: parseReference(fields['secret'], `${where}.secret`) }
    case 'client_secret_jwt':
      return { method, secret: parseReference(fields['secret'], `${where}.secret`), ...assertionFields(fields, where) }
    case 'private_key_jwt':
      return {
        method,
        ...keyFields(fields, where),
        ...assertionFields(fields, where),
        ...keyIdField(fields, where),
        ...certificateField(fields, where),
      }
    case 'tls_client_auth': {
      const certificate = parseReference(fields['certificate'], `${where}.certificate`)
      return { method, certificate, ...keyFields(fields, where) }
    }
    case 'jwt_file':
    case 'token_file':
      return { method, file: stringAt(fields, 'file', where) }
    case 'token_env':
      return { method, env: variableAt(fields, 'env', where) }
    case 'token_command':
      return { method, command: commandAt(fields, where), ...timeoutField(fields, where) }
    case 'github_actions':
      return { method }
  }
}

function keyFields(fields: Fields, where: string): { key: SecretReference; passphrase?: SecretReference } {
  const key = parseReference(fields['key'], `${where}.key`)
  if (fields['passphrase'] === undefined) return { key }
  return { key, passphrase: parseReference(fields['passphrase'], `${where}.passphrase`) }
}

function assertionFields(fields: Fields, where: string): { algorithm?: string; audience?: AssertionAudience } {
  const algorithm = optionalStringAt(fields, 'algorithm', where)
  const audience = optionalOneOfAt(fields, 'audience', audiences, where)
  return { ...(algorithm === undefined ? {} : { algorithm }), ...(audience === undefined ? {} : { audience }) }
}

function keyIdField(fields: Fields, where: string): { keyId?: string } {
  const keyId = optionalStringAt(fields, 'keyId', where)
  return keyId === undefined ? {} : { keyId }
}

function certificateField(fields: Fields, where: string): { certificate?: SecretReference } {
  if (fields['certificate'] === undefined) return {}
  return { certificate: parseReference(fields['certificate'], `${where}.certificate`) }
}

function timeoutField(fields: Fields, where: string): { timeout?: number } {
  const timeout = optionalIntegerAt(fields, 'timeout', { minimum: 1, maximum: 600 }, where)
  return timeout === undefined ? {} : { timeout }
}

function commandAt(fields: Fields, where: string): readonly string[] {
  const value = fields['command']
  const parts: unknown[] = Array.isArray(value) ? value : []
  const texts = parts.filter((part) => typeof part === 'string')
  const [program] = texts
  if (program !== undefined && program !== '' && texts.length === parts.length) return texts
  throw wrongShape(`${where}.command`, value, 'a list of texts: the program, then each of its arguments')
}

function variableAt(fields: Fields, key: string, where: string): string {
  const name = stringAt(fields, key, where)
  if (variableName.test(name)) return name
  throw wrongShape(`${where}.${key}`, name, 'the name of an environment variable', { hidden: true })
}

function parseReference(value: unknown, where: string): SecretReference {
  const { file, env, ...others } = objectAt(value, where)
  const alone = Object.keys(others).length === 0
  if (alone && env === undefined && typeof file === 'string' && /^[^\n]+$/.test(file)) return { file }
  if (alone && file === undefined && typeof env === 'string' && variableName.test(env)) return { env }
  const expected = '{ "file": "<path>" } or { "env": "<name of a variable>" }, one of the two'
  throw wrongShape(where, value, expected, { hidden: true })
}
