import type { ErrorCode } from 'yaml'
import { FederateError } from '../errors.ts'

/**
 * The parser's findings in words of our own: its messages quote the text around the fault, which may be a secret.
 * The codes are those of the `yaml` package.
 */
const texts: Partial<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'an alias (*name) cannot have a tag or an anchor',
  BAD_ALIAS:
    'an alias (*name) or anchor (&name) is not written as YAML allows; put text that begins with * or & in quotes',
  BAD_COLLECTION_TYPE: 'a tag (!name) does not fit the map or list that it stands before',
  BAD_DIRECTIVE: 'a line that begins with % is no directive that YAML knows',
  BAD_DQ_ESCAPE: 'a backslash in double quotes is followed by what YAML does not know; write \\\\ or use single quotes',
  BAD_INDENT: 'the indentation does not fit the lines before',
  BAD_PROP_ORDER: 'an anchor or tag stands before the "-", "?" or ":" that it belongs behind',
  BAD_SCALAR_START: 'text without quotes begins with a character that YAML reserves; put it in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a map begins on the line of a key; put it on a line of its own, or the text in quotes',
  BLOCK_IN_FLOW: 'an indented block stands inside { } or [ ]',
  KEY_OVER_1024_CHARS: 'a key is longer than 1024 characters',
  MISSING_CHAR: 'something is not closed or not separated: a quote, a bracket, a comma, or the ":" behind a key',
  MULTILINE_IMPLICIT_KEY: 'a key goes over more than one line, often because a ":" is missing behind it',
  MULTIPLE_ANCHORS: 'a value has two anchors (&name)',
  MULTIPLE_DOCS: 'a second document begins here ("---"), and one is expected',
  MULTIPLE_TAGS: 'a value has two tags (!name)',
  NON_STRING_KEY: 'a key is a map or a list, and a text is expected',
  TAB_AS_INDENT: 'a tab is used for indentation, and YAML takes spaces only',
  TAG_RESOLVE_FAILED: 'a tag (!name) is not known here or does not fit its value',
  UNEXPECTED_TOKEN: 'something stands where YAML expects nothing; text with special characters needs quotes',
}

interface YamlFault {
  /** The parser's code, or one of ours. */
  readonly code: string
  readonly line: number
  readonly column: number
}

export function notYaml(path: string, fault: YamlFault): FederateError {
  const text =
    Object.entries(texts).find(([code]) => code === fault.code)?.[1] ?? ownTexts[fault.code] ?? 'it cannot be read'
  return new FederateError({
    code: 'CONFIG_NOT_YAML',
    outcome: 'usage',
    problem: `${path}:${fault.line}:${fault.column} is not YAML that federate reads: ${text}.`,
    next: 'Correct the file and run the command again.',
    details: { path, line: fault.line, column: fault.column, yamlCode: fault.code },
  })
}

const ownTexts: Readonly<Record<string, string>> = {
  TOO_DEEP: 'maps and lists are nested too deeply',
  RESOURCE_EXHAUSTION: 'maps and lists are nested too deeply',
  TOO_MANY_ALIASES: 'aliases (*name) are used too often',
  UNKNOWN_ALIAS: 'an alias (*name) has no anchor (&name) before it; put text that begins with * in quotes',
  CIRCULAR_ALIAS: 'an alias (*name) stands inside its own anchor (&name)',
}
