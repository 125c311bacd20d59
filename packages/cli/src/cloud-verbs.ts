import { type Command, Option } from 'commander'
import { accessFlags } from './access-flags.ts'
import { type CloudName, cloudNames } from './clouds.ts'
import { configureExample, configureFlags, configureWords } from './configure-flags.ts'
import { credentialFlags, credentialWords } from './credential-flags.ts'
import { addExplainApi } from './explain-api-verb.ts'
import { explainExamples, explainFlags } from './explain-flags.ts'
import { configOption, helpEnd, statuses } from './option-texts.ts'
import { serviceOptions } from './service-options.ts'
import type { Terminal } from './terminal.ts'

type Finish = (status: number) => void

/** The verbs whose flags differ by cloud. */
export function addCredentials(program: Command, terminal: Terminal, finish: Finish): void {
  const credentials = program
    .command('credentials')
    .description("exchange the service's token for credentials of a cloud")
    .addHelpText('after', helpEnd(cloudNames.map((cloud) => `federate credentials ${cloud}`)))
  for (const cloud of cloudNames) {
    const command = serviceOptions(credentials.command(cloud))
      .description(`credentials of ${cloud}, as unmodified software reads them`)
      .option('--target <name>', 'which target of the service (default: the only one of this cloud)')
      .option('--format <name>', `how to print them: ${formatsText(cloud)}`)
      .option('--token-file <path>', 'exchange the token in this file instead of fetching one; - reads standard input')
      .option('--no-cache', 'neither use nor keep cached credentials')
      .option('--json', 'errors as JSON too')
      .addHelpText(
        'after',
        helpEnd([
          `federate credentials ${cloud}`,
          `federate credentials ${cloud} --service billing.federate.json`,
          `eval "$(federate credentials ${cloud} --format env)"`,
        ]),
      )
    for (const { flag, description } of credentialFlags[cloud]) command.option(flag, description)
    if (credentialWords[cloud].profiles) {
      command.option(
        '--profile <name>',
        'write them into this profile of the shared credentials file, and do not print them',
      )
    }
    command.action(async (options) =>
      finish(await (await import('./commands/credentials.ts')).credentials({ ...options, cloud }, terminal)),
    )
  }
}

function formatsText(cloud: CloudName): string {
  const [first, ...others] = credentialWords[cloud].formats
  return [`${first} (default)`, ...others].join(', ')
}

export function addConfigure(program: Command, terminal: Terminal, finish: Finish): void {
  const configure = program
    .command('configure')
    .description('let unmodified software get credentials by itself')
    .addHelpText('after', helpEnd(cloudNames.map(configureExample), statuses.local))
  for (const cloud of cloudNames) {
    const words = configureWords[cloud]
    if (words === undefined) continue
    const command = configure
      .command(cloud)
      .description(words)
      .option('-s, --service <file>', 'the service file (default: FEDERATE_SERVICE, or the only *.federate.json here)')
      .option('--target <name>', 'which target of the service (default: the only one of this cloud)')
      .option('--json', 'as JSON')
      .addHelpText('after', helpEnd([configureExample(cloud)], statuses.local))
    for (const { flag, description, choices } of configureFlags[cloud] ?? []) {
      const option = new Option(flag, description)
      command.addOption(choices === undefined ? option : option.choices(choices))
    }
    command.action(async (options) =>
      finish(await (await import('./commands/configure.ts')).configure({ ...options, cloud }, terminal)),
    )
  }
}

export function addExplain(program: Command, terminal: Terminal, finish: Finish): void {
  const explain = program
    .command('explain')
    .description('say, offline, why a cloud or your own API accepts or refuses a token')
    .addHelpText(
      'after',
      helpEnd(
        [...cloudNames, 'api'].map((one) => `federate explain ${one} --help`),
        statuses.judged,
      ),
    )
  addExplainApi(explain, terminal, finish)
  for (const cloud of cloudNames) {
    const command = explain
      .command(cloud)
      .description(`judge a token by the rules of ${cloud} and the trust in federate.yaml, or in files`)
      .argument('[service]', 'which service of federate.yaml (default: the only one)')
      .addOption(configOption())
      .option('--target <name>', 'which target of the service (default: the only one of this cloud)')
      .option(
        '--token-file <path>',
        'the token to judge; - reads standard input (default: the token the service is predicted to get)',
      )
      .option('--jwks <path>', "the issuer's JWKS, to check the signature too")
      .option('--live', `judge by the trust as it stands in ${cloud} now, with an administrator's access`)
      .option('--admin <path>', 'with --live: how to reach the clouds (default: as for plan)')
      .option('--json', 'as JSON')
      .addHelpText(
        'after',
        helpEnd(
          [
            `federate explain ${cloud} billing`,
            `federate token --for ${cloud} --raw | federate explain ${cloud} billing --token-file -`,
            ...explainExamples[cloud],
          ],
          statuses.judged,
        ),
      )
    for (const { flag, description } of explainFlags[cloud]) command.option(flag, description)
    for (const one of accessFlags.filter((flag) => flag.cloud === cloud)) command.option(one.flag, one.description)
    command.action(async (service, options) =>
      finish(await (await import('./commands/explain.ts')).explain({ ...options, cloud, service }, terminal)),
    )
  }
}
