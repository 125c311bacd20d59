/** Where and how two values that must be equal are not. */
export interface Difference {
  readonly kind: 'whitespace' | 'slash' | 'case' | 'encoding' | 'look-alike' | 'text'
  /** The first character that differs, counted from 1; one behind the end where one value is only longer. */
  readonly at: number
  /** One sentence that names the place and the two characters. */
  readonly detail: string
}

/**
 * Compares as Entra does, character by character, and says what a person would overlook.
 *
 * @param expected what the federated credential has; @param actual what the token has.
 */
export function difference(expected: string, actual: string): Difference | undefined {
  if (expected === actual) return undefined
  const [wanted, found] = [Array.from(expected), Array.from(actual)]
  const index = wanted.findIndex((character, position) => character !== found[position])
  const at = (index === -1 ? wanted.length : index) + 1
  const kind = kindOf(expected, actual)
  const place = `The first difference is at character ${at}: the credential has ${shown(wanted[at - 1])}, the token has ${shown(found[at - 1])}.`
  return { kind, at, detail: `${hints[kind]}${place}` }
}

const hints: Readonly<Record<Difference['kind'], string>> = {
  whitespace: 'The two differ in spaces only. ',
  slash: 'The two differ by the slash at the end. ',
  case: 'The two differ in upper and lower case only. ',
  encoding: 'The two differ in percent-encoding only. ',
  'look-alike': 'The two look alike and are written with different characters. ',
  text: '',
}

function kindOf(expected: string, actual: string): Difference['kind'] {
  const equal = (change: (text: string) => string) => change(expected) === change(actual)
  if (equal((text) => text.replace(/\s/gu, ''))) return 'whitespace'
  if (equal((text) => text.replace(/\/+$/, ''))) return 'slash'
  if (equal((text) => text.toLowerCase())) return 'case'
  if (equal(decoded)) return 'encoding'
  return equal((text) => text.normalize('NFKC').replace(/\p{Cf}/gu, '')) ? 'look-alike' : 'text'
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function shown(character: string | undefined): string {
  if (character === undefined) return 'its end there'
  if (/^[\x21-\x7e]$/.test(character)) return `"${character}"`
  const code = character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')
  return /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(character) ? `"${character}" (U+${code})` : `U+${code}`
}
