/** Times of two ways of doing the same, measured in turn, so that a slow moment of the machine hits both. */
export type Pairs = readonly (readonly [number, number])[]

/** @returns per round the operations per second of `ours` and of `theirs`, one at a time, on the same inputs */
export async function pairs<Input>(
  rounds: number,
  length: number,
  inputs: () => Promise<readonly Input[]>,
  ours: (input: Input) => Promise<unknown>,
  theirs: (input: Input) => Promise<unknown>,
): Promise<Pairs> {
  const measured: [number, number][] = []
  for (let round = -2; round < rounds; round += 1) {
    const given = await inputs()
    const first = round % 2 === 0
    const one = await rate(given, first ? ours : theirs)
    const other = await rate(given, first ? theirs : ours)
    if (round >= 0) measured.push(first ? [one, other] : [other, one])
  }
  if (measured.length === 0) throw new Error(`there were no rounds of ${length}`)
  return measured
}

function rate<Input>(inputs: readonly Input[], work: (input: Input) => Promise<unknown>): Promise<number> {
  return perSecond(inputs.length, async () => {
    for (const input of inputs) await work(input)
  })
}

/** Operations per second of this process's processor time, which other programs on the machine hardly disturb. */
export async function perSecond(operations: number, work: () => Promise<void>): Promise<number> {
  const start = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(start)
  return (operations * 1_000_000) / (user + system)
}

export function row(what: string, against: string, measured: Pairs): string {
  const ratios = measured.map(([one, other]) => one / other).sort((one, other) => one - other)
  const [low = 0, high = 0] = [ratios[0], ratios.at(-1)]
  const figures = [median(measured.map(([one]) => one)), median(measured.map(([, other]) => other))]
  return `| ${what} | ${against} | ${median(ratios).toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)}) | ${figures.map((one) => one.toFixed(0)).join(' / ')} |`
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
