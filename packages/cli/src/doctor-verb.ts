import type { Command } from 'commander'
import { helpEnd, statuses } from './option-texts.ts'
import { serviceOptions } from './service-options.ts'
import type { Terminal } from './terminal.ts'

export function addDoctor(program: Command, terminal: Terminal, finish: (status: number) => void): void {
  serviceOptions(program.command('doctor'))
    .summary("go a service's whole way on its own host, and say of each step whether it works")
    .description(
      "go a service's whole way on its own host, and say of each step whether it works: keys that would win over what is lent, the issuer, its keys and clock, the token, its signature, the exchange, who one is in the cloud; changes nothing and caches nothing",
    )
    .argument('[service]', 'the service, as --service names it')
    .option('--target <name...>', 'only these targets of the service (default: all targets and APIs)')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      helpEnd(
        [
          'federate doctor',
          'federate doctor billing',
          'federate doctor -s /etc/federate/billing.federate.json --target s3',
        ],
        statuses.examined,
      ),
    )
    .action(async (named, options) =>
      finish(
        await (await import('./commands/doctor.ts')).doctor(
          { ...options, ...(named === undefined ? {} : { named }) },
          terminal,
        ),
      ),
    )
}
