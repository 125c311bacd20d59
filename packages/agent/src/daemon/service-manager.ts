import { execFile } from 'node:child_process'
import type { Log } from './agent.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** The service manager that started this process, if it wants to know how it goes (sd_notify(3)). */
export interface ServiceManager {
  /** `READY=1`, `RELOADING=1`, `STOPPING=1`, `STATUS=…` */
  tell(...states: readonly string[]): Promise<void>
  /** Sends signs of life for as long as `alive` says so. */
  watch(alive: () => boolean): void
  stop(): void
}

/**
 * systemd, where `NOTIFY_SOCKET` names its socket. It is a datagram socket, which Node cannot open, so systemd's own
 * `systemd-notify` speaks for this process: the unit needs `NotifyAccess=all`.
 */
export function serviceManager(environment: Environment, pid: number, log: Log): ServiceManager {
  let timer: NodeJS.Timeout | undefined
  const tell = (...states: readonly string[]) => {
    if (!environment['NOTIFY_SOCKET']) return Promise.resolve()
    return new Promise<void>((resolve) => {
      execFile('systemd-notify', [`--pid=${pid}`, ...states], { env: { ...environment }, timeout: 5_000 }, (error) => {
        if (error !== null) log.warn({ problem: error.message }, 'systemd was not told')
        resolve()
      })
    })
  }
  return {
    tell,
    watch: (alive) => {
      const limit = Number(environment['WATCHDOG_USEC'] ?? 0) / 1000
      const meant = environment['WATCHDOG_PID'] === undefined || Number(environment['WATCHDOG_PID']) === pid
      // Twice as often as needed, as sd_watchdog_enabled(3) advises.
      if (limit > 0 && meant) timer = setInterval(() => alive() && void tell('WATCHDOG=1'), limit / 2)
    },
    stop: () => clearInterval(timer),
  }
}
