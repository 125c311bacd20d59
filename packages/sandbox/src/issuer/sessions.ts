import { randomBytes } from 'node:crypto'
import type { Seconds } from '@federate/core'

/** Keycloak's defaults for a realm: the SSO session's idle time and its maximum, in seconds. */
const idleTime: Seconds = 1_800
const maximumTime: Seconds = 36_000

/** What a refresh token stands for: one grant, which ends after a time, when it is not used, or when it is ended. */
export interface Session {
  readonly id: string
  /** When it ends however often it is used. */
  readonly endsAt: Seconds
  /** When it ends unless it is used before. */
  readonly idleAt: Seconds
}

/** The sessions of a realm. */
export class Sessions {
  readonly #byId = new Map<string, Session>()

  start(now: Seconds): Session {
    for (const { id } of this.#byId.values()) if (this.active(id, now) === undefined) this.end(id)
    const id = randomBytes(18).toString('base64url')
    return this.#keep({ id, endsAt: now + maximumTime, idleAt: now + idleTime })
  }

  /** `undefined` for a session that has ended. */
  active(id: string, now: Seconds): Session | undefined {
    const session = this.#byId.get(id)
    return session !== undefined && now < session.idleAt && now < session.endsAt ? session : undefined
  }

  /** Puts the idle time off. */
  use(session: Session, now: Seconds): Session {
    return this.#keep({ ...session, idleAt: Math.min(now + idleTime, session.endsAt) })
  }

  end(id: string): void {
    this.#byId.delete(id)
  }

  #keep(session: Session): Session {
    this.#byId.set(session.id, session)
    return session
  }
}
