import { type Change, canonicalJson, type JsonValue } from '@federate/core/plan'
import type { RealmMapper } from '../admin/representations.ts'
import type { ProtocolMapper } from '../protocol-mapper.ts'
import { type Attributes, ownerMark } from './marks.ts'

/** The change of one field, and nothing where both sides are the same. */
export function change(field: string, before: JsonValue | undefined, after: JsonValue | undefined): Change[] {
  if (canonicalJson(before) === canonicalJson(after)) return []
  return [
    {
      field,
      ...(before === undefined ? {} : { before: { kind: 'value', value: before } }),
      ...(after === undefined ? {} : { after: { kind: 'value', value: after } }),
    },
  ]
}

/** What has to be written into attributes: Keycloak merges them, and removes only what is sent as null. */
export type AttributePatch = Readonly<Record<string, string | null>>

/** Wished attributes that differ; an empty wish removes, and what is switched off is as good as removed. */
export function attributePatch(wished: Attributes, actual: Attributes): AttributePatch {
  const isGone = (key: string) => ['', 'false'].includes(actual[key] ?? '')
  const differing = Object.entries(wished).filter(([key, value]) =>
    value === '' ? !isGone(key) : actual[key] !== value,
  )
  return Object.fromEntries(differing.map(([key, value]) => [key, value === '' ? null : value]))
}

export function attributeChanges(patch: AttributePatch, actual: Attributes): Change[] {
  return Object.entries(patch).flatMap(([key, value]) => change(`attributes.${key}`, actual[key], value ?? undefined))
}

/** What has to be done to the mappers of a client or scope; those without our mark are somebody else's and stay. */
export interface MapperChanges {
  readonly create: readonly ProtocolMapper[]
  readonly update: readonly (ProtocolMapper & { readonly id: string })[]
  readonly remove: readonly RealmMapper[]
}

/** The same mapper with the owner's mark; Keycloak keeps config keys that it does not know. */
export function marked(mapper: ProtocolMapper, owner: string): ProtocolMapper {
  return { ...mapper, config: { ...mapper.config, [ownerMark]: owner } }
}

export function mapperChanges(wished: readonly ProtocolMapper[], actual: readonly RealmMapper[]): MapperChanges {
  const byName = new Map(actual.map((mapper) => [mapper.name, mapper]))
  const names = new Set(wished.map(({ name }) => name))
  return {
    create: wished.filter(({ name }) => !byName.has(name)),
    update: wished.flatMap((mapper) => {
      const there = byName.get(mapper.name)
      return there === undefined || sameMapper(mapper, there) ? [] : [{ ...mapper, id: there.id }]
    }),
    remove: actual.filter(({ name, config }) => config[ownerMark] !== undefined && !names.has(name)),
  }
}

export function describeMapperChanges(changes: MapperChanges, actual: readonly RealmMapper[]): Change[] {
  return [
    ...changes.remove.flatMap((mapper) => change(`mapper ${mapper.name}`, shownMapper(mapper), undefined)),
    ...changes.create.flatMap((mapper) => change(`mapper ${mapper.name}`, undefined, shownMapper(mapper))),
    ...changes.update.flatMap((mapper) =>
      differences(
        mapper,
        actual.find(({ name }) => name === mapper.name),
      ),
    ),
  ]
}

/** One change for each value that differs: the whole of both mappers would hide it. */
function differences(wished: ProtocolMapper, actual: RealmMapper | undefined): Change[] {
  const field = `mapper ${wished.name}`
  return [
    ...change(`${field} type`, actual?.protocolMapper, wished.protocolMapper),
    ...Object.entries(wished.config)
      .filter(([key, value]) => !sameValue(key, value, actual?.config[key]))
      .flatMap(([key, value]) => change(`${field} ${key}`, actual?.config[key], value)),
  ]
}

/** Mappers on our object that we did not put there. */
export function foreignMappers(wished: readonly ProtocolMapper[], actual: readonly RealmMapper[]): string[] {
  const names = new Set(wished.map(({ name }) => name))
  return actual
    .filter(({ name, config }) => config[ownerMark] === undefined && !names.has(name))
    .map(({ name }) => name)
}

/** Keycloak adds keys of its own with their defaults; only what is wished is compared. */
function sameMapper(wished: ProtocolMapper, actual: RealmMapper): boolean {
  const same = Object.entries(wished.config).every(([key, value]) => sameValue(key, value, actual.config[key]))
  return same && wished.protocolMapper === actual.protocolMapper
}

/** The first owner's mark stays. */
function sameValue(key: string, wished: string, actual: string | undefined): boolean {
  return key === ownerMark ? actual !== undefined : actual === wished
}

function shownMapper(mapper: Pick<ProtocolMapper, 'protocolMapper' | 'config'> | undefined): JsonValue | undefined {
  return mapper === undefined ? undefined : { type: mapper.protocolMapper, ...mapper.config }
}
