/** Answers that are asked for once: whoever comes later, or at the same time, gets the same one. */
export class Kept<T> {
  readonly #answers = new Map<string, Promise<T>>()

  /** The answer to a question, which its key names. */
  of(key: string, ask: () => Promise<T>): Promise<T> {
    const known = this.#answers.get(key)
    if (known !== undefined) return known
    const answer = ask()
    this.#answers.set(key, answer)
    return answer
  }
}
