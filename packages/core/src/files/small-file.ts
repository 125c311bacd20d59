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
    // A pipe changes whenever it is written to, and gives what it had only once.
    const isFile = before.isFile()
    const bytes = await contentOf(handle, isFile ? before.size : 0, maximumBytes)
    const after = isFile ? await handle.stat() : before
    const changed = before.mtimeMs !== after.mtimeMs || before.size !== after.size
    return { bytes, mode: before.mode & 0o777, owner: before.uid, changed }
  } finally {
    await handle.close()
  }
}

/** Room at first for what does not say how long it is: pipes, and files of /proc. */
const unknownLength = 65_536

/**
 * @param size What the file says it has: room for one byte more shows, by staying empty, that nothing follows, so that a file
 *   is read by one call. 0 for what does not say it.
 */
async function contentOf(handle: FileHandle, size: number, maximumBytes: number): Promise<Uint8Array> {
  if (size > maximumBytes) throw tooLarge(maximumBytes)
  let buffer = Buffer.alloc(Math.min(size || unknownLength, maximumBytes) + 1)
  for (let length = 0; length <= maximumBytes; ) {
    if (length === buffer.length) buffer = Buffer.concat([buffer], Math.min(2 * length, maximumBytes + 1))
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, null)
    length += bytesRead
    if (bytesRead === 0 || length === size) return buffer.subarray(0, length)
  }
  throw tooLarge(maximumBytes)
}

function tooLarge(maximumBytes: number): FileTooLarge {
  return new FileTooLarge(`more than ${maximumBytes} bytes`)
}
