/**
 * Whether some object in a JSON text has two members of the same name. `JSON.parse` silently keeps the last, another
 * parser the first, and the two would disagree about what was signed (RFC 8725 section 2.4, RFC 7519 section 4).
 *
 * @param text valid JSON
 * @param value what `JSON.parse` made of it
 */
export function hasDuplicateMembers(text: string, value: unknown): boolean {
  // What issuers write is compact, and then one comparison tells.
  return JSON.stringify(value) !== text && scan(text)
}

const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g

/** Walks over the text: a string directly before a colon is a name, whichever object is open. */
function scan(text: string): boolean {
  const open: (Set<string> | undefined)[] = []
  let last = ''
  for (const [token] of text.matchAll(tokens)) {
    if (token === '{') open.push(new Set())
    else if (token === '[') open.push(undefined)
    else if (token === '}' || token === ']') open.pop()
    else if (token === ':') {
      // Names are compared as they are read, because they may be escaped differently.
      const name: unknown = JSON.parse(last)
      const names = open.at(-1)
      if (names === undefined || typeof name !== 'string' || names.has(name)) return true
      names.add(name)
    }
    last = token
  }
  return false
}
