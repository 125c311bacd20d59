import type { Change, JsonValue } from '@federate/core/plan'

/** One difference, as a plan shows it; a side that is not there is left out. */
export function change(field: string, before: JsonValue | undefined, after: JsonValue | undefined): Change {
  return {
    field,
    ...(before === undefined ? {} : { before: { kind: 'value', value: before } }),
    ...(after === undefined ? {} : { after: { kind: 'value', value: after } }),
  }
}

/** A difference, where there is one. */
export function changeIf(differs: boolean, ...about: Parameters<typeof change>): Change[] {
  return differs ? [change(...about)] : []
}
