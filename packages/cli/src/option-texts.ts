import { Option } from 'commander'

/** The flag that names federate.yaml. */
export function configOption(what = 'federate.yaml'): Option {
  return new Option('-c, --config <path>', `${what} (default: FEDERATE_CONFIG, or federate.yaml here)`)
}

/** Examples at the end of a help text. */
export function examples(lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`
}
