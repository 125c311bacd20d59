interface Closable {
  close(): void | Promise<void>
}

/** Parts that run, closed in reverse order: what was started last may need what was started first. */
export class RunningParts {
  #parts: Closable[] = []

  add<Part extends Closable>(part: Part): Part {
    this.#parts.push(part)
    return part
  }

  async close(): Promise<void> {
    for (const part of this.#parts.splice(0).reverse()) await part.close()
  }
}
