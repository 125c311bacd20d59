import { FederateError } from '../errors.ts'
import { FakeClock } from '../test-support.ts'
import { type KeepFreshOptions, keepFresh } from './freshness.ts'
import type { FreshnessEvent } from './freshness-event.ts'
import { Token } from './token.ts'
import type { TokenRequest } from './token-source.ts'

const lifetime = 300

/** A kept-fresh source of tokens that live for five minutes, with clocks that stand still. */
export function setupFreshness(options: KeepFreshOptions = {}) {
  const clock = new FakeClock()
  const monotonic = new FakeClock(0)
  const requests: TokenRequest[] = []
  const events: FreshnessEvent[] = []
  const warnings: string[] = []
  const state: { answer: (request: TokenRequest) => Promise<Token> } = {
    answer: async () => new Token(`t${requests.length}`, new Date(clock.now() + lifetime * 1000)),
  }
  const source = keepFresh(
    {
      getToken: (request = {}) => {
        requests.push(request)
        return state.answer(request)
      },
    },
    {
      now: clock.now,
      monotonic: monotonic.now,
      random: () => 0,
      onEvent: (event) => events.push(event),
      warn: (message) => warnings.push(message),
      ...options,
    },
  )
  const forward = (seconds: number) => {
    clock.forward(seconds)
    monotonic.forward(seconds)
  }
  const get = async (request?: TokenRequest) => (await source.getToken(request)).reveal()
  return { source, get, clock, monotonic, forward, requests, events, warnings, state }
}

/** Lets work in the background come to its end. */
export const settle = () => new Promise((resolve) => setImmediate(resolve))

/** A token that comes when the test says so. */
export function deferred() {
  let resolve: (token: Token) => void = () => {}
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<Token>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}

/** What an issuer that is down is reported as. */
export const down = (details: Record<string, unknown> = { transient: true }) =>
  new FederateError({ code: 'DOWN', outcome: 'unreachable', problem: 'The issuer is down.', next: 'Wait.', details })
