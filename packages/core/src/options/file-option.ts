import { resolve } from 'node:path'
import type { OptionPlace } from './option-place.ts'

/** The path in options that name a file, and perhaps where relative ones start. */
export function fileIn(
  options: { readonly file: string; readonly baseDirectory?: string | undefined },
  others: readonly string[],
  place: OptionPlace,
): string {
  const { file, baseDirectory } = place.object(options, ['file', 'baseDirectory', ...others], 'Give { file: … }.')
  const folder = baseDirectory === undefined ? '' : place.at('baseDirectory').text(baseDirectory)
  return resolve(folder, place.at('file').text(file))
}
