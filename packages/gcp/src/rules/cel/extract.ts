// The identifier names the part for people; Google's own examples use letters, digits, `_` and `-`.
const template = /^(?<prefix>[^{}]*)\{[\w-]+\}(?<suffix>[^{}]*)$/

/**
 * Google's `extract(template)`: the part of a text that `{name}` stands for (IAM Conditions attribute reference, "Extract").
 *
 * From the first occurrence of the prefix to the first occurrence of the suffix after it; `''` where either is missing.
 *
 * @throws Error for a template without exactly one name in braces.
 */
export function extract(text: string, pattern: string): string {
  const parts = template.exec(pattern)?.groups
  if (parts === undefined) throw new Error(`extract needs a template with one name in braces, not '${pattern}'`)
  const { prefix = '', suffix = '' } = parts
  const start = text.indexOf(prefix)
  if (start === -1) return ''
  const rest = text.slice(start + prefix.length)
  if (suffix === '') return rest
  const end = rest.indexOf(suffix)
  return end === -1 ? '' : rest.slice(0, end)
}
