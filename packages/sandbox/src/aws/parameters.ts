import { QueryFault } from './query-fault.ts'

/** The parameters of a Query request: flat names such as `Tags.member.1.Key`. */
export class Parameters {
  readonly #values: URLSearchParams

  constructor(body: string) {
    this.#values = new URLSearchParams(body)
    const names = [...this.#values.keys()]
    if (new Set(names).size !== names.length)
      throw new QueryFault('MalformedQueryString', 'A parameter may be given only once.')
  }

  text(name: string): string | undefined {
    return this.#values.get(name) ?? undefined
  }

  required(name: string): string {
    const value = this.text(name)
    if (value !== undefined && value !== '') return value
    throw new QueryFault(
      'ValidationError',
      `1 validation error detected: Value at '${lowerFirst(name)}' failed to satisfy constraint: Member must not be null`,
    )
  }

  /** A whole number; NaN for anything else, so that the check of its bounds refuses it. */
  integer(name: string): number | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    return /^-?\d{1,12}$/.test(value) ? Number(value) : Number.NaN
  }

  /** A list of texts; `undefined` when there is none at all, also no empty one. */
  list(name: string): readonly string[] | undefined {
    const values = this.#members(name, '')
    return values.length === 0 && !this.#values.has(name) ? undefined : values
  }

  /** A list of tags, in the order given. */
  tags(): readonly { readonly key: string; readonly value: string }[] {
    const keys = this.#members('Tags', '.Key')
    return keys.map((key, index) => ({ key, value: this.text(`Tags.member.${index + 1}.Value`) ?? '' }))
  }

  #members(name: string, field: string): readonly string[] {
    const values: string[] = []
    for (let index = 1; ; index += 1) {
      const value = this.text(`${name}.member.${index}${field}`)
      if (value === undefined) return values
      values.push(value)
    }
  }
}

export function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}
