import { describe, expect, it } from 'vitest'
import { CredentialKeeper } from './credentials.ts'
import { AwsCredentials } from './temporary-credentials.ts'

const hour = 3_600_000
const minute = 60_000

/** A keeper with a clock that stands still, over exchanges that end when told to. */
function keeper() {
  let now = 0
  let count = 0
  let failing = false
  const exchangeOnce = async () => {
    count += 1
    await Promise.resolve()
    if (failing) throw new Error('STS is away')
    return new AwsCredentials({
      accessKeyId: `key-${count}`,
      secretAccessKey: 's',
      sessionToken: 't',
      expiresAt: new Date(now + hour),
      identity: 'arn:aws:sts::123456789012:assumed-role/billing/x',
    })
  }
  const kept = new CredentialKeeper(exchangeOnce, () => now)
  const get = async (force?: boolean) => (await kept.get(force)).accessKeyId
  const settle = () => new Promise((resolve) => setImmediate(resolve))
  return {
    get,
    settle,
    at: (time: number) => {
      now = time
    },
    fail: (value: boolean) => {
      failing = value
    },
    count: () => count,
  }
}

describe('kept credentials', () => {
  it('are exchanged once for all who wait', async () => {
    const kept = keeper()
    expect(await Promise.all([kept.get(), kept.get(), kept.get()])).toEqual(['key-1', 'key-1', 'key-1'])
    expect(kept.count()).toBe(1)
  })

  it('are renewed in the background five minutes before they expire', async () => {
    const kept = keeper()
    await kept.get()
    kept.at(hour - 5 * minute - 1)
    expect(await kept.get()).toBe('key-1')
    await kept.settle()
    expect(kept.count()).toBe(1)
    kept.at(hour - 5 * minute)
    expect(await Promise.all([kept.get(), kept.get()])).toEqual(['key-1', 'key-1'])
    await kept.settle()
    expect(kept.count()).toBe(2)
    expect(await kept.get()).toBe('key-2')
  })

  it('are served while renewing fails, with half a minute between tries', async () => {
    const kept = keeper()
    await kept.get()
    kept.fail(true)
    kept.at(hour - 4 * minute)
    for (let call = 0; call < 3; call++) {
      expect(await kept.get()).toBe('key-1')
      await kept.settle()
    }
    expect(kept.count()).toBe(2)
    kept.at(hour - 3 * minute)
    await kept.get()
    await kept.settle()
    expect(kept.count()).toBe(3)
    kept.at(hour)
    await expect(kept.get()).rejects.toThrow('STS is away')
    kept.fail(false)
    expect(await kept.get()).toBe('key-5')
  })

  it('are waited for when they are about to expire', async () => {
    const kept = keeper()
    await kept.get()
    kept.at(hour - 10_000)
    expect(await kept.get()).toBe('key-2')
  })

  it('are exchanged anew on request', async () => {
    const kept = keeper()
    await kept.get()
    expect(await kept.get(true)).toBe('key-2')
  })
})
