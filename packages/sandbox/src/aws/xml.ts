/** A value of a Query answer. Lists become `member` elements, maps `entry` elements, absent values nothing. */
export type XmlValue =
  | string
  | number
  | boolean
  | Date
  | undefined
  | readonly XmlValue[]
  | ReadonlyMap<string, XmlValue>
  | XmlRecord

export interface XmlRecord {
  readonly [name: string]: XmlValue
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** Escapes a text for element content. Line breaks stay what they are only as references (XML 1.0 section 2.11). */
export function escapeXml(text: string): string {
  return (
    text
      .replace(/[&<>"']/g, (sign) => entities[sign] ?? sign)
      .replace(/\r/g, '&#xD;')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has no way to write these characters.
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
  )
}

/** Renders one element with its content. */
export function element(name: string, value: XmlValue): string {
  if (value === undefined) return ''
  return `<${name}>${content(value)}</${name}>`
}

function content(value: Exclude<XmlValue, undefined>): string {
  if (value instanceof Date) return value.toISOString()
  if (isList(value)) return value.map((one) => element('member', one)).join('')
  if (isMap(value)) return [...value].map(([key, one]) => element('entry', { key, value: one })).join('')
  if (typeof value === 'object') return children(value)
  return escapeXml(String(value))
}

/** Renders the elements of a record one after the other. */
export function children(record: XmlRecord): string {
  return Object.entries(record)
    .map(([name, value]) => element(name, value))
    .join('')
}

function isList(value: XmlValue): value is readonly XmlValue[] {
  return Array.isArray(value)
}

function isMap(value: XmlValue): value is ReadonlyMap<string, XmlValue> {
  return value instanceof Map
}
