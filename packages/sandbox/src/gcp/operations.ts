import { randomBytes } from 'node:crypto'
import { notFound } from './google-fault.ts'

/** Long-running operations (google.longrunning): begun when they are answered, done when they are asked for. */
export class Operations {
  readonly #responses = new Map<string, object>()

  start(resource: string, response: object): object {
    const name = `${resource}/operations/${randomBytes(12).toString('hex')}`
    this.#responses.set(name, response)
    return { name, metadata: {} }
  }

  /** @throws GoogleFault NOT_FOUND */
  get(name: string): object {
    const response = this.#responses.get(name)
    if (response === undefined) throw notFound()
    return { name, metadata: {}, done: true, response }
  }
}
