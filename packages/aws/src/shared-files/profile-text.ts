/** Settings of one profile; `undefined` takes a setting away. */
export type Settings = Readonly<Record<string, string | undefined>>

interface Section {
  readonly name: string
  /** Index of the first line after the header, and of the first that is not the section's. */
  readonly start: number
  end: number
}

const header = /^\s*\[\s*([^\]]*?)\s*\]/
// A setting starts at the margin; an indented line continues the one before.
const setting = /^([^\s#;=:][^=:]*?)\s*[=:]\s*(.*)$/

/** The settings of a profile in the text of a shared file; of a setting that is there twice, the last. */
export function profileSettings(text: string, name: string): ReadonlyMap<string, string> {
  const lines = linesOf(text)
  const entries = sectionsOf(lines)
    .filter((section) => section.name === name)
    .flatMap(({ start, end }) => lines.slice(start, end).flatMap((line) => readSetting(line)))
  return new Map(entries)
}

/**
 * The text with the settings put into one profile. Every other line stays as it is: comments, other profiles, other
 * settings, the kind of line ends. A profile that is not there is added at the end.
 *
 * @param name as it stands in the brackets: `billing` in the credentials file, `profile billing` in the config file.
 */
export function withSettings(text: string, name: string, settings: Settings): string {
  const lineEnd = /\r\n/.test(text) ? '\r\n' : '\n'
  const lines = linesOf(text)
  const sections = sectionsOf(lines).filter((section) => section.name === name)
  const [first] = sections
  const changed = first === undefined ? appended(lines, name, settings) : replaced(lines, sections, first, settings)
  return `${changed.join(lineEnd)}${lineEnd}`
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  return lines
}

function sectionsOf(lines: readonly string[]): Section[] {
  const sections: Section[] = []
  for (const [index, line] of lines.entries()) {
    const name = header.exec(line)?.[1]
    if (name === undefined) continue
    const last = sections.at(-1)
    if (last !== undefined) last.end = index
    sections.push({ name: name.replace(/\s+/g, ' '), start: index + 1, end: lines.length })
  }
  return sections
}

function readSetting(line: string): readonly [string, string][] {
  const [, key, value = ''] = setting.exec(line) ?? []
  return key === undefined ? [] : [[key.toLowerCase(), value.trim()]]
}

function appended(lines: readonly string[], name: string, settings: Settings): string[] {
  const gap = lines.length === 0 || lines.at(-1)?.trim() === '' ? [] : ['']
  return [...lines, ...gap, `[${name}]`, ...settingLines(settings, Object.keys(settings))]
}

/** The first section of the name gets what is new; from all of them goes what is set. */
function replaced(
  lines: readonly string[],
  sections: readonly Section[],
  first: Section,
  settings: Settings,
): string[] {
  const seen = new Set<string>()
  const isIn = (index: number) => sections.some(({ start, end }) => index >= start && index < end)
  const body: string[][] = []
  let dropping = false
  for (const [index, line] of lines.entries()) {
    const key = isIn(index) ? readSetting(line)[0]?.[0] : undefined
    const continues: boolean = dropping && key === undefined && /^\s+\S/.test(line) && isIn(index)
    dropping = (key !== undefined && key in settings) || continues
    if (!dropping) body.push([line])
    else if (key === undefined || seen.has(key)) body.push([])
    else {
      seen.add(key)
      body.push(settingLines(settings, [key]))
    }
  }
  const missing = Object.keys(settings).filter((key) => !seen.has(key))
  body.splice(insertionPoint(lines, first), 0, settingLines(settings, missing))
  return body.flat()
}

/** After the last setting of the section, so that the blank line and the comment before the next one stay there. */
function insertionPoint(lines: readonly string[], { start, end }: Section): number {
  for (let index = end; index > start; index -= 1) if (!/^\s*([#;].*)?$/.test(lines[index - 1] ?? '')) return index
  return start
}

function settingLines(settings: Settings, keys: readonly string[]): string[] {
  return keys.flatMap((key) => (settings[key] === undefined ? [] : [`${key} = ${settings[key]}`]))
}
