import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pythonWith } from './python-tools.ts'

/** Variables by which a program's clock is set, and a file to set it by. */
export interface FakeClock {
  readonly env: Readonly<Record<string, string>>
  /** What the file holds while the clock is so many seconds ahead or (negative) behind. */
  text(seconds: number): string
}

/**
 * libfaketime, which stands between a program and the system's clock; Python's package index has it with its sources.
 * The clock that nobody sets is left as it is, so that timers go on.
 *
 * @param file is read again at every look at the clock.
 */
export function fakeClock(file: string): FakeClock | undefined {
  // On macOS programs of the system are protected from it, and its library has another name.
  const tools = process.platform === 'linux' ? pythonWith(['libfaketime==3.0.1'], 'a clock that is set') : undefined
  if (tools === undefined) return undefined
  const lib = join(tools.python, '..', '..', 'lib')
  const [version = ''] = readdirSync(lib).filter((name) => name.startsWith('python3'))
  const library = join(lib, version, 'site-packages', 'libfaketime', 'vendor', 'libfaketime', 'src', 'libfaketime.so.1')
  return {
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    text: (seconds) => `${seconds < 0 ? '' : '+'}${seconds}`,
  }
}
