import type { Change, JsonValue, Ownership, Resource } from './resource.ts'

/** An object of the in-memory world that the plan's tests run on. */
export interface Thing {
  owner?: string
  value: JsonValue
}

export interface ThingOptions {
  dependsOn?: readonly string[]
  services?: readonly string[]
  lane?: string
  secret?: boolean
  /** Who loses something by any change. */
  losses?: string
  /** Whether it stays when our part of it goes. */
  remains?: boolean
}

/** A world of named things with a log of every call, so that tests see order and counts. */
export class MemoryWorld {
  readonly things = new Map<string, Thing>()
  readonly log: string[] = []
  /** Called before every write; throw or wait in it. */
  beforeWrite: (address: string) => Promise<void> = async () => {}
  readonly owner: string

  constructor(owner: string) {
    this.owner = owner
  }

  wish(address: string, value: JsonValue, options: ThingOptions = {}): Resource<Thing, Thing> {
    const { owner, things, log } = this
    const write = async (kind: string, next: Thing | undefined) => {
      await this.beforeWrite(address)
      log.push(`${kind} ${address}`)
      if (next === undefined) things.delete(address)
      else things.set(address, next)
    }
    const read = async () => structuredClone(things.get(address))
    return {
      address,
      label: `thing ${address}`,
      dependsOn: options.dependsOn ?? [],
      services: options.services ?? [],
      ...(options.lane === undefined ? {} : { lane: options.lane }),
      desired: () => ({ owner, value }),
      read,
      reread: read,
      ownership: (actual): Ownership => {
        if (actual.owner === undefined) return 'unmarked'
        return actual.owner === owner ? 'ours' : 'others'
      },
      diff: (desired, actual) => difference(desired, actual, options.secret === true),
      removal: (actual) => [{ field: 'value', before: { kind: 'value', value: actual.value } }],
      ...(options.losses === undefined ? {} : { losses: async () => options.losses }),
      remains: () => options.remains === true,
      create: async (desired) => {
        await write('create', desired)
        return desired
      },
      update: async (desired) => {
        await write('update', desired)
        return desired
      },
      delete: async () => write('delete', undefined),
    }
  }
}

function difference(desired: Thing, actual: Thing | undefined, secret: boolean): Change[] {
  const shown = (value: JsonValue) => (secret ? ({ kind: 'secret' } as const) : ({ kind: 'value', value } as const))
  if (actual === undefined) return [{ field: 'value', after: shown(desired.value) }]
  const changes: Change[] = []
  if (actual.owner !== desired.owner) changes.push({ field: 'owner', after: shown(desired.owner ?? null) })
  if (JSON.stringify(actual.value) !== JSON.stringify(desired.value)) {
    changes.push({ field: 'value', before: shown(actual.value), after: shown(desired.value) })
  }
  return changes
}
