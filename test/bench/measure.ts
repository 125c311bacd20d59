import { spawnSync } from 'node:child_process'

export interface Program {
  readonly name: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Done before each run, outside of the time. */
  readonly before?: () => void
}

export interface Comparison {
  readonly what: string
  readonly against: string
  /** Median, lowest and highest of the ratios of the pairs. */
  readonly ratio: readonly [number, number, number]
  /** Median times in milliseconds, for orientation only: they drift with the machine. */
  readonly times: readonly [number, number]
  readonly target: string
}

/** Runs both programs in turn and compares pair by pair, so that a slow moment of the machine hits both. */
export function compare(what: Program, against: Program, rounds: number, target: string): Comparison {
  for (const program of [what, against]) run(program)
  const pairs = Array.from({ length: rounds }, (): [number, number] => [run(against), run(what)])
  return ratios(
    what.name,
    against.name,
    pairs.map(([base, time]) => [time, base]),
    target,
  )
}

/** Compares pair by pair: what was measured, and what it is measured against. */
export function ratios(
  what: string,
  against: string,
  pairs: readonly (readonly [number, number])[],
  target: string,
): Comparison {
  const all = pairs.map(([time, base]) => time / base).sort((one, other) => one - other)
  return {
    what,
    against,
    ratio: [median(all), all[0] ?? Number.NaN, all.at(-1) ?? Number.NaN],
    times: [median(pairs.map(([time]) => time)), median(pairs.map(([, base]) => base))],
    target,
  }
}

/** Runs all programs in turn; the median time of each, in milliseconds. */
export function medianTimes(programs: readonly Program[], rounds: number): readonly number[] {
  for (const program of programs) run(program)
  const times = Array.from({ length: rounds }, () => programs.map(run))
  return programs.map((_, index) => median(times.map((round) => round[index] ?? Number.NaN)))
}

export function table(rows: readonly Comparison[]): string {
  const lines = rows.map(({ what, against, ratio, times, target }) => {
    const [middle, low, high] = ratio.map((value) => value.toFixed(2))
    return `| ${what} | ${against} | ${middle} (${low}–${high}) | ${target} | ${times.map((time) => time.toFixed(0)).join(' / ')} |`
  })
  return ['| what | against | ratio of medians (range) | aim | ms |', '|---|---|---|---|---|', ...lines].join('\n')
}

function run({ name, args, env, before }: Program): number {
  before?.()
  const start = process.hrtime.bigint()
  const { status, stderr } = spawnSync(process.execPath, args, { env: { ...process.env, ...env }, encoding: 'utf8' })
  const time = Number(process.hrtime.bigint() - start) / 1e6
  if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`)
  return time
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  const middle = Math.floor(sorted.length / 2)
  const [low, high] = [sorted[middle - 1], sorted[middle]]
  if (high === undefined) return Number.NaN
  return sorted.length % 2 === 1 || low === undefined ? high : (low + high) / 2
}

/** The port that a server process prints as JSON when it is ready. */
export async function portOf(stdout: NodeJS.ReadableStream): Promise<number> {
  for await (const chunk of stdout) return JSON.parse(String(chunk)).port
  throw new Error('the server ended before it was ready')
}
