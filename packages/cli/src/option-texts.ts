import { Option } from 'commander'

/** The flag that names federate.yaml. */
export function configOption(what = 'federate.yaml'): Option {
  return new Option('-c, --config <path>', `${what} (default: FEDERATE_CONFIG, or federate.yaml here)`)
}

const usualStatuses = '0 done, 1 failed, 3 refused by issuer or cloud, 4 not reachable, 64 wrong usage, 130 interrupted'

/** What stands at the end of every help text: how the command is used, and what its exit status says. */
export function helpEnd(examples: readonly string[], statuses = usualStatuses): string {
  const lines = examples.map((line) => `  $ ${line}`)
  return `\nExamples:\n${lines.join('\n')}\n\nExit status: ${statuses}.`
}

/** As the usual ones, with what is said in place of some of them, or besides. */
export const statuses = {
  compared: usualStatuses.replace('1 failed', '1 failed, 2 something differs'),
  local: '0 done, 1 failed, 64 wrong usage',
  agent: `${usualStatuses}; --once: 1 also where failures differ`,
  judged: '0 accepted, 1 not known, 3 refused, 4 not reachable, 64 wrong usage',
  examined: '0 nothing failed, 1 something on this host, 3 refused by issuer or cloud, 4 not reachable, 64 wrong usage',
  command: "the command's own; 125 federate failed, 126 the command cannot be run, 127 there is no such command",
  sandbox: "the command's own; without one 0. 1 failed, 64 wrong usage",
} as const
