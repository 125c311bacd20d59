/** What each authentication got from each version of the issuer; printed at the end, for people. */
export class Matrix {
  readonly #cells = new Map<string, Map<string, string>>()

  note(row: string, column: string, cell: string): void {
    const cells = this.#cells.get(row) ?? new Map<string, string>()
    cells.set(column, cell)
    this.#cells.set(row, cells)
  }

  print(title: string): void {
    const columns = [...new Set([...this.#cells.values()].flatMap((cells) => [...cells.keys()]))]
    const rows = [...this.#cells].map(([row, cells]) => [row, ...columns.map((column) => cells.get(column) ?? '–')])
    const table = [[title, ...columns], ...rows]
    const widths = table[0]?.map((_, index) => Math.max(...table.map((row) => row[index]?.length ?? 0))) ?? []
    const lines = table.map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    process.stdout.write(`\n${lines.join('\n')}\n`)
  }
}
