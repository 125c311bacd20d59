import type { Change, JsonValue } from '@federate/core/plan'

/** A field of something to be created. */
export function added(field: string, value: JsonValue): Change {
  return { field, after: { kind: 'value', value } }
}

export function removed(field: string, value: JsonValue): Change {
  return { field, before: { kind: 'value', value } }
}

/** A field that differs; nothing when it does not. */
export function changed(field: string, before: JsonValue, after: JsonValue): readonly Change[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  return [{ field, before: { kind: 'value', value: before }, after: { kind: 'value', value: after } }]
}
