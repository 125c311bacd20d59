/**
 * Tells of a file that holds something secret and that others than its owner may read. Permission bits say nothing on Windows,
 * where access is by lists.
 *
 * @param what As a sentence begins: "The secret".
 */
export function warnOfReaders(what: string, path: string, mode: number, warn: (message: string) => void): void {
  if (process.platform === 'win32' || (mode & 0o044) === 0) return
  const who = (mode & 0o004) === 0 ? 'its group' : 'everybody on this host'
  const octal = mode.toString(8).padStart(4, '0')
  warn(`${what} in ${path} can be read by ${who} (mode ${octal}). Run: chmod 600 ${path}`)
}
