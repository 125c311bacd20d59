import type { Parameters } from '../parameters.ts'
import { faults } from '../query-fault.ts'
import type { XmlValue } from '../xml.ts'
import { bounds, checkText } from './validation.ts'

const most = 50

/** Whether two keys that differ in case are one tag: so with roles, but not with providers (recorded from live IAM). */
export type KeyCase = 'ignored' | 'significant'

/** Reads the tags of a request. @throws QueryFault `ValidationError`, `InvalidInput` */
export function readTags(parameters: Parameters, keyCase: KeyCase): ReadonlyMap<string, string> {
  const tags = new Map<string, string>()
  for (const { key, value } of parameters.tags()) {
    checkText('tags.member.key', key, bounds.tagKey)
    checkText('tags.member.value', value, bounds.tagValue)
    if (/^aws:/i.test(key)) throw faults.invalidInput('Tag keys that begin with aws: are reserved.')
    if (sameKey(tags, key, keyCase) !== undefined)
      throw faults.invalidInput('Duplicate tag keys found. Please note that Tag keys are case insensitive.')
    tags.set(key, value)
  }
  if (tags.size > most) throw tooMany()
  return tags
}

/** Adds tags to those that are there; the new value wins. @throws QueryFault `LimitExceeded` */
export function mergeTags(into: Map<string, string>, added: ReadonlyMap<string, string>, keyCase: KeyCase): void {
  const result = new Map(into)
  for (const [key, value] of added) {
    result.delete(sameKey(result, key, keyCase) ?? key)
    result.set(key, value)
  }
  if (result.size > most) throw tooMany()
  into.clear()
  for (const [key, value] of result) into.set(key, value)
}

export function removeTags(from: Map<string, string>, keys: readonly string[], keyCase: KeyCase): void {
  for (const key of keys) from.delete(sameKey(from, key, keyCase) ?? key)
}

/** Tags in an answer: sorted by key, as IAM lists them. */
export function tagList(tags: ReadonlyMap<string, string>): readonly XmlValue[] {
  return [...tags].sort(([a], [b]) => (a < b ? -1 : 1)).map(([Key, Value]) => ({ Key, Value }))
}

function sameKey(tags: ReadonlyMap<string, string>, key: string, keyCase: KeyCase): string | undefined {
  if (keyCase === 'significant') return tags.has(key) ? key : undefined
  return [...tags.keys()].find((one) => one.toLowerCase() === key.toLowerCase())
}

function tooMany(): Error {
  return faults.limitExceeded(`Cannot exceed quota for TagsPerResource: ${most}`)
}
