import { open } from 'node:fs/promises'

export interface SmallFile {
  /** UTF-8, without a byte order mark. */
  readonly text: string
  /** Permission bits. */
  readonly mode: number
}

/** The file is longer than it may be. */
export class FileTooLarge extends Error {}

/** Reads a file of at most `maximumBytes`; anything else, a device without an end too, is not read further. */
export async function readSmallFile(path: string, maximumBytes: number): Promise<SmallFile> {
  const handle = await open(path, 'r')
  try {
    const { mode } = await handle.stat()
    const buffer = Buffer.alloc(maximumBytes + 1)
    let length = 0
    while (length <= maximumBytes) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, null)
      if (bytesRead === 0) break
      length += bytesRead
    }
    if (length > maximumBytes) throw new FileTooLarge(`more than ${maximumBytes} bytes`)
    return { text: new TextDecoder().decode(buffer.subarray(0, length)), mode: mode & 0o777 }
  } finally {
    await handle.close()
  }
}
