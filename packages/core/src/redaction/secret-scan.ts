import { redactText } from './redact.ts'

/** Where a value stands in a file: keys and list positions from the top. */
export type Path = readonly (string | number)[]

/** What the scan must know of a file's layout, because names that people choose may sound like secrets. */
export interface Layout {
  /** Whether the last key of the path is a name, not a word of the file's format. */
  isName(path: Path, value: unknown): boolean
  /** Whether the path is a place that says where a secret is found: `{ file }` or `{ env }`. */
  isReference(path: Path): boolean
}

const secretWord =
  /(secret|password|passwd|passphrase|token|assertion|apikey|privatekey|accesskey|secretkey|signingkey)s?$/
const userInfo = /:\/\/[^/?#\s]*@/
const urlWithUserInfo = /^[a-z][a-z\d+.-]*:\/\/[^/?#\s]*@/i

/** The places where a secret stands in the file itself. Their values must not be shown. */
export function findSecrets(root: unknown, layout: Layout): Path[] {
  return walk([], root, layout)
}

/** How much of a path may be shown: what stands below a secret's place may be the secret. */
export function shownPath(path: Path, root: unknown, layout: Layout): Path {
  for (let length = 1; length < path.length; length++) {
    const prefix = path.slice(0, length)
    if (!isSecretPlace(prefix, valueAt(root, prefix), layout)) continue
    const below = path[length]
    return below === 'file' || below === 'env' ? path.slice(0, length + 1) : prefix
  }
  return path
}

/** Whether the value at this path must not be shown: it, or something it stands in, is the place of a secret. */
export function isHidden(path: Path, root: unknown, layout: Layout): boolean {
  return path.some((_, index) => {
    const prefix = path.slice(0, index + 1)
    return isSecretPlace(prefix, valueAt(root, prefix), layout)
  })
}

export function valueAt(root: unknown, path: Path): unknown {
  let value = root
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = Object.getOwnPropertyDescriptor(value, key)?.value
  }
  return value
}

/** Whether a text is a secret by its form: a token, a private key, a URL with a password. */
export function looksSecret(text: string): boolean {
  return redactText(text) !== text || userInfo.test(text)
}

/** Whether a value is a URL with a user or a password before its host (RFC 3986 section 3.2.1), and stands where a URL may. */
export function isUrlWithUserInfo(path: Path, value: unknown, layout: Layout): boolean {
  return typeof value === 'string' && urlWithUserInfo.test(value) && !isSecretPlace(path, value, layout)
}

function walk(path: Path, value: unknown, layout: Layout): Path[] {
  if (holdsSecret(path, value, layout)) return [path]
  if (typeof value !== 'object' || value === null) return []
  const entries: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  return entries.flatMap(([key, inner]) => walk([...path, key], inner, layout))
}

function holdsSecret(path: Path, value: unknown, layout: Layout): boolean {
  if (typeof value === 'string' && looksSecret(value)) return true
  if (value === null || value === undefined || typeof value === 'boolean') return false
  if (!isSecretPlace(path, value, layout)) return false
  if (typeof value !== 'object' || Array.isArray(value)) return true
  return Object.keys(value).some((key) => key !== 'file' && key !== 'env')
}

function isSecretPlace(path: Path, value: unknown, layout: Layout): boolean {
  const key = path.at(-1)
  if (typeof key !== 'string') return false
  if (layout.isReference(path)) return true
  return secretWord.test(key.toLowerCase().replace(/[^a-z]/g, '')) && !layout.isName(path, value)
}
