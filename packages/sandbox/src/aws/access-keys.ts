import { randomBytes } from 'node:crypto'
import { type Account, uniqueId } from './state.ts'

/** Who calls. */
export interface Caller {
  readonly kind: 'admin' | 'session'
  readonly account: string
  readonly arn: string
  readonly userId: string
}

/** One access key with all that belongs to it. */
export interface AccessKey {
  readonly caller: Caller
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Of temporary credentials only. */
  readonly sessionToken?: string
  /** Milliseconds since the epoch. */
  readonly expiresAt?: number
}

/** The access keys of all accounts: one administrator each, and every session that STS gave. */
export class AccessKeys {
  readonly #keys = new Map<string, AccessKey>()

  find(accessKeyId: string): AccessKey | undefined {
    return this.#keys.get(accessKeyId)
  }

  addAdmin({ id: account, partition }: Pick<Account, 'id' | 'partition'>): AccessKey {
    const caller = {
      kind: 'admin',
      account,
      arn: `arn:${partition}:iam::${account}:user/sandbox-admin`,
      userId: uniqueId('AIDA', 17),
    } as const
    return this.#add({ caller, accessKeyId: uniqueId('AKIA'), secretAccessKey: secret(30) })
  }

  addSession(caller: Caller, expiresAt: number, now: number): AccessKey & { readonly sessionToken: string } {
    this.#forgetExpired(now)
    const key = {
      caller,
      accessKeyId: uniqueId('ASIA'),
      secretAccessKey: secret(30),
      sessionToken: secret(192),
      expiresAt,
    }
    this.#add(key)
    return key
  }

  #add(key: AccessKey): AccessKey {
    this.#keys.set(key.accessKeyId, key)
    return key
  }

  /** Sessions are kept for a day past their end, so that a late caller is told that they expired. */
  #forgetExpired(now: number): void {
    for (const [id, key] of this.#keys)
      if (key.expiresAt !== undefined && key.expiresAt < now - 86_400_000) this.#keys.delete(id)
  }
}

function secret(bytes: number): string {
  return randomBytes(bytes).toString('base64')
}
