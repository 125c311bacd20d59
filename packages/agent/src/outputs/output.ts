import {
  backOff,
  type FederateError,
  type FileOwner,
  monotonicNow,
  type Now,
  type Seconds,
  startStopwatch,
} from '@federate/core'
import { alone } from '@federate/core/cache'
import { asFederateError, type LoanFailure, reasonOf } from '../failure.ts'
import type { LoanStatus } from '../loan.ts'
import type { Renewal } from '../pace.ts'
import type { Renewable } from '../upstream.ts'
import { changeOutputFile } from './output-file.ts'

/** What a file shall hold. */
export interface OutputContent {
  readonly expiresAt: Date
  /** @param before What is in the file; empty where there is none. */
  text(before: string): string
}

export interface OutputOptions {
  /** Absolute. */
  readonly path: string
  readonly mode: number
  readonly owner?: FileOwner | undefined
  /** Whether other things in the file stay, and others may write them. */
  readonly shared: boolean
  /** What lives, now. @throws FederateError when there is nothing that does. */
  readonly content: () => Promise<OutputContent>
  /** Tells who reads the file that it has changed, and says whether there was anybody. Default: nobody. */
  readonly notify?: ((signal: AbortSignal) => Promise<boolean>) | undefined
  /** Default: `Date.now`. */
  readonly now?: Now
  /** Milliseconds of a clock that is never set. Default: `monotonicNow`. */
  readonly monotonic?: Now
  /** From 0 to 1, for jitter. Default: `Math.random`. */
  readonly random?: () => number
  /** Told what was done, or why it was not. Default: nobody. */
  readonly onOutcome?: (outcome: OutputOutcome, status: LoanStatus) => void
}

export interface OutputOutcome {
  /** The file was written, or who reads it was told. */
  readonly done: 'write' | 'notify'
  /** Whether anything was done: with `notify`, that there was somebody to tell. */
  readonly changed: boolean
  readonly error?: FederateError
}

/** The longest wait after failures in a row. */
const longestWait: Seconds = 60
/** How often a notification is tried: a file is written for ever, a program that fails is not run for ever. */
const notifications = 5
/** How long another process's change of a shared file is waited for, in milliseconds. */
const patience = 10_000

/**
 * One file that is kept as it should be: written when what it holds was renewed, and not touched otherwise. What cannot be
 * written is tried again after 1, 2, 4 … 60 seconds; whom it could not tell is told again up to four times.
 */
export class Output implements Renewable {
  readonly path: string
  /** Nobody is asked for anything: what is to be written is written at once, some files at a time. */
  readonly upstream = 'files'
  readonly left = 0
  readonly period = undefined
  readonly #options: OutputOptions
  readonly #clocks: Required<Pick<OutputOptions, 'now' | 'monotonic' | 'random'>>
  #unwritten = false
  #untold = false
  #failure: (OutputOutcome & { readonly error: FederateError }) | undefined
  #failures = 0
  #wake: () => void = () => undefined
  /** Seconds since the last failure, and until the next try. */
  #elapsed: () => Seconds = () => 0
  #wait: Seconds = 0
  #written: { readonly expiresAt: Date; readonly lives: () => boolean } | undefined

  constructor(options: OutputOptions) {
    const { now = Date.now, monotonic = monotonicNow, random = Math.random } = options
    this.path = options.path
    this.#options = options
    this.#clocks = { now, monotonic, random }
  }

  /** What the file holds was renewed, or the file may not be as it was. */
  renewed(): void {
    this.#unwritten = true
    // Whoever was given up is worth another try.
    if (this.#failure?.done === 'notify') this.#untold = true
    this.#failures = 0
    this.#wake()
  }

  whenDue(wake: () => void): void {
    this.#wake = wake
  }

  get due(): Seconds {
    if (!this.#unwritten && !this.#untold) return Number.POSITIVE_INFINITY
    return this.#failures === 0 ? 0 : Math.max(0, this.#wait - this.#elapsed())
  }

  /** `stale`: what is in the file lives, and is not the newest, or its readers were not told. */
  get status(): LoanStatus {
    const { path: name } = this
    const error = this.#failure?.error
    const reason = error === undefined ? {} : { reason: reasonOf(error) }
    if (this.#written === undefined) return { name, state: error === undefined ? 'starting' : 'failed', ...reason }
    const { expiresAt, lives } = this.#written
    if (!lives()) return { name, state: 'failed', expiresAt, reason: expired(name), ...reason }
    return { name, state: error === undefined ? 'fresh' : 'stale', expiresAt, ...reason }
  }

  /** Writes the file and tells its readers, as far as either is to be done; never throws. */
  async renew(signal: AbortSignal = new AbortController().signal): Promise<Renewal> {
    if (this.#unwritten) await this.#attempt('write', signal, () => this.#write())
    if (this.#untold && !this.#unwritten) await this.#attempt('notify', signal, () => this.#tell(signal))
    return this.#failure === undefined ? 'renewed' : 'failed'
  }

  async #write(): Promise<boolean> {
    const { content, shared, path, notify } = this.#options
    const { now, monotonic } = this.#clocks
    const { expiresAt, text } = await content()
    const lifetime = (expiresAt.getTime() - now()) / 1000
    const age = startStopwatch(now, monotonic)
    const change = () => changeOutputFile(this.#options, text)
    // A file that is one text needs no lock beside it.
    const changed = shared ? await alone(path, patience, change) : await change()
    this.#written = { expiresAt, lives: () => age() < lifetime }
    if (changed && notify !== undefined) this.#untold = true
    return changed
  }

  async #tell(signal: AbortSignal): Promise<boolean> {
    return (await this.#options.notify?.(signal)) ?? false
  }

  async #attempt(done: OutputOutcome['done'], signal: AbortSignal, work: () => Promise<boolean>): Promise<void> {
    const { onOutcome } = this.#options
    // A renewal that comes meanwhile must not be forgotten.
    this.#remember(done, false)
    try {
      const changed = await work()
      this.#failure = undefined
      this.#failures = 0
      if (changed || done === 'notify') onOutcome?.({ done, changed }, this.status)
    } catch (error) {
      if (signal.aborted) return
      const failure = { done, changed: false, error: asFederateError(error) }
      this.#fail(failure)
      onOutcome?.(failure, this.status)
    }
  }

  #fail(failure: OutputOutcome & { readonly error: FederateError }): void {
    const { now, monotonic, random } = this.#clocks
    const { done } = failure
    this.#failure = failure
    this.#failures += 1
    this.#elapsed = startStopwatch(now, monotonic)
    this.#wait = backOff({ failures: this.#failures, random, base: 1, longest: longestWait })
    if (done === 'write' || this.#failures < notifications) this.#remember(done, true)
  }

  #remember(done: OutputOutcome['done'], open: boolean): void {
    if (done === 'write') this.#unwritten = open
    else this.#untold = open
  }
}

function expired(path: string): LoanFailure {
  return {
    code: 'OUTPUT_EXPIRED',
    outcome: 'failed',
    problem: `What is in ${path} has expired, and there is nothing newer to write.`,
  }
}
