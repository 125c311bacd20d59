/** Shorter texts are parts of ordinary words. */
const shortest = 4

/**
 * Takes known secrets out of words of another party, in every form in which they travel: as they are, in URLs and forms, in
 * base64 and hexadecimal digits.
 */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const forms = secrets.flatMap(formsOf).filter((form) => form.length >= shortest)
  const longestFirst = forms.sort((left, right) => right.length - left.length)
  return longestFirst.reduce((rest, form) => rest.replaceAll(form, '[redacted]'), text)
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret)
  return [
    secret,
    encodeURIComponent(secret),
    new URLSearchParams({ '': secret }).toString().slice(1),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
  ]
}
