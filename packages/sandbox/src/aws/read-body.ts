import type { IncomingMessage } from 'node:http'
import { QueryFault } from './query-fault.ts'

/** More than any call needs: the longest parameter of all is a policy document of 131,072 characters. */
const limit = 512 * 1024

/** Reads a request's body. @throws QueryFault `RequestEntityTooLarge` */
export async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > limit) throw new QueryFault('RequestEntityTooLarge', `The request is longer than ${limit} bytes.`, 413)
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}
