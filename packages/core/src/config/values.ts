import { type Path, valueAt } from '../redaction/secret-scan.ts'

/** The entries of the map at a path, and none where there is no map: what is wrong there is said elsewhere. */
export function entriesAt(root: unknown, path: Path): [string, unknown][] {
  const value = valueAt(root, path)
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : []
}

/** The text at a path, or `undefined`. */
export function textAt(root: unknown, path: Path): string | undefined {
  const value = valueAt(root, path)
  return typeof value === 'string' ? value : undefined
}
