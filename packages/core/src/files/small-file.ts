import { type FileHandle, open } from 'node:fs/promises'

export interface SmallFile {
  /** UTF-8, without a byte order mark. */
  readonly text: string
  /** Permission bits. */
  readonly mode: number
}

/** The file is longer than it may be. */
export class FileTooLarge extends Error {}

const readings = 3

/**
 * Reads a file of at most `maximumBytes`; anything else, a device without an end too, is not read further. A file that
 * changes while it is read is read again, up to three times in all.
 */
export async function readSmallFile(path: string, maximumBytes: number): Promise<SmallFile> {
  for (let reading = 1; ; reading += 1) {
    const { text, mode, changed } = await readOnce(path, maximumBytes)
    if (!changed || reading === readings) return { text, mode }
  }
}

async function readOnce(path: string, maximumBytes: number): Promise<SmallFile & { readonly changed: boolean }> {
  const handle = await open(path, 'r')
  try {
    const before = await handle.stat()
    const content = await contentOf(handle, maximumBytes)
    const after = await handle.stat()
    const changed = before.mtimeMs !== after.mtimeMs || before.size !== after.size
    return { text: new TextDecoder().decode(content), mode: before.mode & 0o777, changed }
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
