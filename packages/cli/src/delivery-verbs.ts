import { type Command, Option } from 'commander'
import { helpEnd, statuses } from './option-texts.ts'
import { serviceOptions } from './service-options.ts'
import type { Terminal } from './terminal.ts'

type Finish = (status: number) => void

/** The verbs by which credentials reach software that knows nothing of them. */
export function addExec(program: Command, terminal: Terminal, finish: Finish): void {
  serviceOptions(program.command('exec'))
    .description('run a command whose SDKs fetch fresh credentials from here, for as long as it runs')
    .argument('[words...]', '[service] -- command and its arguments')
    .option('--target <name...>', 'only these targets of the service (default: all, one of each cloud)')
    .option('--no-cache', 'neither use nor keep cached credentials')
    .addHelpText(
      'after',
      helpEnd(['federate exec -- aws s3 ls', 'federate exec billing -- node server.js'], statuses.command),
    )
    .action(async (words, options) =>
      finish(await (await import('./commands/exec.ts')).exec({ ...options, words }, terminal)),
    )
}

export function addAgent(program: Command, terminal: Terminal, finish: Finish): void {
  const agent = program
    .command('agent')
    .description('keep the credentials of service files fresh and lend them to the programs of this host')
    .argument('[paths...]', 'service files, or folders of them (default: FEDERATE_SERVICE, or the only one here)')
    .option(
      '--config <path>',
      'files to keep fresh (default: FEDERATE_AGENT, or federate.agent.yaml beside the service files)',
    )
    .option(
      '--listen <address>',
      'address and port; by http on loopback, by TLS on others (default: 127.0.0.1:9912)',
      another,
    )
    .option(
      '--tls-cert <path>',
      'certificate (PEM) for addresses that other hosts reach, read again when it is renewed',
    )
    .option('--tls-key <path>', 'its key')
    .option('--tls-client-ca <path>', 'ask callers from other hosts for a certificate that this authority signed')
    .option('--host <name>', 'a name or address by which other hosts call the agent, as in its certificate', another)
    .addOption(runFolderOption())
    .addOption(
      new Option('--log-level <level>', 'what is logged').choices(['debug', 'info', 'warn', 'error']).default('info'),
    )
    .option('--no-cache', 'neither use nor keep cached credentials')
    .option('--once', 'get everything once, into the cache and files, and end')
    .option('--unit', 'print a systemd unit for this agent instead')
    .option('--unit-file <path>', 'write it there; a file that federate did not write is left alone')
    .addHelpText(
      'after',
      helpEnd(
        ['federate agent /etc/federate', 'federate agent wait', 'federate agent /etc/federate --unit'],
        statuses.agent,
      ),
    )
    .action(async (paths, options) =>
      finish(await (await import('./commands/agent.ts')).agent({ ...options, paths }, terminal)),
    )
  agent
    .command('wait')
    .description('wait until the agent lends something that lives for every target')
    .argument('[service]', 'only for this service')
    .option('--timeout <time>', 'how long', '1m')
    .addOption(runFolderOption())
    .option('--json', 'what is lent as JSON, and errors too')
    .addHelpText('after', helpEnd(['federate agent wait', 'federate agent wait billing --timeout 30s']))
    .action(async (service, options) =>
      finish(await (await import('./commands/agent-wait.ts')).agentWait({ ...options, service }, terminal)),
    )
}

/** For options that may be given several times; one that took several words would take the paths, too. */
function another(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}

export function addEnv(program: Command, terminal: Terminal, finish: Finish): void {
  program
    .command('env')
    .description('print what points a shell at the agent')
    .option('-s, --service <file>', 'the service file (default: FEDERATE_SERVICE, or the only *.federate.json here)')
    .option('--target <name...>', 'only these targets of the service (default: all, one of each cloud)')
    .addOption(new Option('--shell <name>', 'which shell').choices(['sh', 'fish', 'powershell']).default('sh'))
    .addOption(runFolderOption())
    .addHelpText('after', helpEnd(['eval "$(federate env -s billing)"', 'federate env --shell fish | source']))
    .action(async (options) => finish(await (await import('./commands/env.ts')).env(options, terminal)))
}

function runFolderOption(): Option {
  return new Option('--run-folder <path>', "where the agent's address and secrets are (default: RUNTIME_DIRECTORY, …)")
}

export function addCache(program: Command, terminal: Terminal, finish: Finish): void {
  const cache = program
    .command('cache')
    .description('credentials that are kept on this disk for this user')
    .addHelpText('after', helpEnd(['federate cache list', 'federate cache clear'], statuses.local))
  cache
    .command('list')
    .description('show whose they are and until when; nothing secret')
    .option('--json', 'as JSON')
    .addHelpText('after', helpEnd(['federate cache list', 'federate cache list --json'], statuses.local))
    .action(async (options) => finish(await (await import('./commands/cache.ts')).listCached(options, terminal)))
  cache
    .command('clear')
    .description('remove them all')
    .option('--json', 'as JSON')
    .addHelpText('after', helpEnd(['federate cache clear'], statuses.local))
    .action(async (options) => finish(await (await import('./commands/cache.ts')).clearCached(options, terminal)))
}
