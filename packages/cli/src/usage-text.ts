/**
 * What commander says of a wrong command line, without the values that stood there: one of them may be a secret that was
 * given to a flag which does not exist.
 */
export function withoutValues(text: string): string {
  return text
    .replace(/(unknown option '--?[\w-]+)=.*?'(?=\n|$)/s, "$1'")
    .replace(/(too many arguments.*?but got \d+): .*?(?=\n|$)/s, '$1.')
}
