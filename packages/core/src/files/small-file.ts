import { type FileHandle, open } from 'node:fs/promises'

export interface SmallFile {
  /** UTF-8, without a byte order mark. */
  readonly text: string
  /** Permission bits. */
  readonly mode: number
}

export interface SmallBytes extends Pick<SmallFile, 'mode'> {
  readonly bytes: Uint8Array
  /** The number of the user that it belongs to. */
  readonly owner: number
}

/** The file is longer than it may be. */
export class FileTooLarge extends Error {}

const readings = 3

/**
 * Reads a file of at most `maximumBytes`; anything else, a device without an end too, is not read further. A file that
 * changes while it is read is read again, up to three times in all.
 */
export async function readSmallFile(path: string, maximumBytes: number): Promise<SmallFile> {
  const { bytes, mode } = await readSmallBytes(path, maximumBytes)
  return { text: new TextDecoder().decode(bytes), mode }
}

/** As `readSmallFile`, for who decodes it otherwise, or asks whose it is: mode and owner are those of what was read. */
export async function readSmallBytes(path: string, maximumBytes: number): Promise<SmallBytes> {
  for (let reading = 1; ; reading += 1) {
    const { changed, ...content } = await readOnce(path, maximumBytes)
    if (!changed || reading === readings) return content
  }
}

async function readOnce(path: string, maximumBytes: number): Promise<SmallBytes & { readonly changed: boolean }> {
  const handle = await open(path, 'r')
  try {
    const before = await handle.stat()
    const bytes = await contentOf(handle, maximumBytes)
    const after = await handle.stat()
    const changed = before.mtimeMs !== after.mtimeMs || before.size !== after.size
    return { bytes, mode: before.mode & 0o777, owner: before.uid, changed }
  } finally {
    await handle.close()
  }
}

async function contentOf(handle: FileHandle, maximumBytes: number): Promise<Uint8Array> {
  const buffer = Buffer.alloc(maximumBytes + 1)
  let length = 0
  while (length <= maximumBytes) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, null)
    if (bytesRead === 0) return buffer.subarray(0, length)
    length += bytesRead
  }
  throw new FileTooLarge(`more than ${maximumBytes} bytes`)
}
