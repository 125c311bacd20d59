import { Command, Option } from 'commander'
import { accessFlags } from './access-flags.ts'
import { addConfigure, addCredentials, addExplain } from './cloud-verbs.ts'
import { cloudNames } from './clouds.ts'
import { addAgent, addCache, addEnv, addExec } from './delivery-verbs.ts'
import { addDoctor } from './doctor-verb.ts'
import { flagRules } from './flag-rules.ts'
import { addKeys } from './key-verbs.ts'
import { configOption, helpEnd, statuses } from './option-texts.ts'
import { refuseIgnored } from './refuse-ignored.ts'
import { serviceOptions } from './service-options.ts'
import type { Terminal } from './terminal.ts'
import { withoutValues } from './usage-text.ts'

type Finish = (status: number) => void
type AddVerb = (program: Command, terminal: Terminal, finish: Finish) => void

const verbs: Readonly<Record<string, AddVerb>> = {
  init: addInit,
  plan: addPlan,
  setup: addSetup,
  status: addStatus,
  destroy: addDestroy,
  token: addToken,
  credentials: addCredentials,
  configure: addConfigure,
  exec: addExec,
  agent: addAgent,
  env: addEnv,
  cache: addCache,
  explain: addExplain,
  doctor: addDoctor,
  keys: addKeys,
  sandbox: addSandbox,
}

/** The command's words: verbs, arguments, flags, help. What a verb does is loaded when it is called. */
export function buildProgram(args: readonly string[], version: string, terminal: Terminal, finish: Finish): Command {
  const program = new Command('federate')
    .description('Cloud credentials without stored cloud keys: an OIDC issuer vouches, the cloud lends.')
    .version(version, '-V, --version')
    .option('--trace', 'with any verb: say of an error where it happened, too (as FEDERATE_TRACE=1)')
    .exitOverride()
    .configureOutput({
      writeOut: terminal.out,
      writeErr: (text) => terminal.note(withoutValues(text.trimEnd())),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .enablePositionalOptions()
  // Describing a verb takes a while that a short-lived process has better uses for: only help needs to know them all.
  const [first = ''] = args
  const needed = Object.hasOwn(verbs, first) ? [verbs[first]] : Object.values(verbs)
  for (const add of needed) add?.(program, terminal, finish)
  adviseHelp(program, program.name())
  program.hook('preAction', (_, verb) => refuseIgnored(verb, flagRules[wordsOf(verb)] ?? [], terminal.cwd))
  program.addHelpText(
    'after',
    helpEnd(
      ['federate init', 'federate plan', 'federate setup aws', 'federate credentials aws', 'federate plan --help'],
      `${statuses.compared} (exec: that of its command)`,
    ),
  )
  return program
}

/** Who used a verb wrongly is helped by that verb's help. */
function adviseHelp(command: Command, words: string): void {
  command.showHelpAfterError(`Run \`${words} --help\` to see what there is.`)
  for (const one of command.commands) adviseHelp(one, `${words} ${one.name()}`)
}

/** The words by which a verb is called: `configure gcp`. */
function wordsOf(verb: Command): string {
  const { parent } = verb
  return parent?.parent ? `${wordsOf(parent)} ${verb.name()}` : verb.name()
}

function addInit(program: Command, terminal: Terminal, finish: Finish): void {
  program
    .command('init')
    .description('write a first federate.yaml (asks what it was not told, on a terminal)')
    .option('--owner <name>', 'name that all marks carry, such as acme-platform')
    .option('--issuer <url>', "the issuer's URL, exactly as in its tokens' iss")
    .addOption(new Option('--kind <kind>', 'kind of the issuer').choices(['keycloak', 'oidc']))
    .option('--subject <sub>', "with --kind oidc: the sub of the service's tokens")
    .option('--service <name>', 'name of the first service, which is its client id too')
    .option('--secret-file <path>', 'where the service finds its client secret on its own host')
    .addOption(new Option('--cloud <cloud>', 'cloud of the first target').choices(cloudNames).default('aws'))
    .option('--account <id>', 'aws: account of twelve digits')
    .option('--role <name>', 'aws: name of the IAM role')
    .option('--policy <arn...>', 'aws: managed policies to attach to the role')
    .option('--project <id>', 'gcp: id of the project')
    .option('--service-account <id>', 'gcp: service account to become (default: none, the service acts as itself)')
    .option('--project-role <role>', 'gcp: role on the project, such as roles/storage.objectViewer')
    .option('--tenant <id>', "azure: the tenant's id")
    .option('--application <name>', 'azure: name of the application')
    .addOption(configOption('where to write'))
    .option('--force', 'write over an existing file')
    .addHelpText(
      'after',
      helpEnd(
        [
          'federate init',
          'federate init --owner acme --issuer https://keycloak.example.com/realms/prod --service billing --account 123456789012 --role billing',
          'federate init --owner acme --issuer https://keycloak.example.com/realms/prod --service billing --cloud gcp --project acme-prod --project-role roles/storage.objectViewer',
        ],
        statuses.local,
      ),
    )
    .action(async (options) => finish(await (await import('./commands/init.ts')).init(options, terminal)))
}

function addPlan(program: Command, terminal: Terminal, finish: Finish): void {
  trustCommand(program, 'plan', 'show what setup would change; changes nothing (exit status 2: something would change)')
    .option('--adopt <address...>', 'take over an existing object that bears no mark of federate')
    .option('--prune', 'delete what is ours and no longer in federate.yaml')
    .option('--preview', 'also ask Keycloak for an example of each token, and compare')
    .addHelpText(
      'after',
      helpEnd(['federate plan', 'federate plan aws', 'federate plan aws billing --json'], statuses.compared),
    )
    .action(async (cloud, services, options) =>
      finish(await (await import('./commands/plan.ts')).plan({ ...options, cloud, services }, terminal)),
    )
}

function addSetup(program: Command, terminal: Terminal, finish: Finish): void {
  trustCommand(program, 'setup', 'make the trust: plan, ask, apply, verify, write the service files')
    .option('-y, --yes', 'apply without asking')
    .option('--expect <fingerprint>', 'apply without asking, but only the plan that has this fingerprint')
    .option('--adopt <address...>', 'take over an existing object that bears no mark of federate')
    .option('--prune', 'delete what is ours and no longer in federate.yaml')
    .option('--service-files <folder>', 'where to write <service>.federate.json (default: the folder of federate.yaml)')
    .option('--secrets-dir <folder>', 'where to put secrets that Keycloak makes (default: the files of federate.yaml)')
    .option('--secret-command <command>', 'shell command that takes each secret on its standard input')
    .option('--rotate-secret <service...>', 'give these services a new secret')
    .option('--no-verify', 'do not try the new trust with a real token')
    .addHelpText(
      'after',
      helpEnd(['federate setup aws', 'federate setup aws billing --yes', 'federate setup --expect 0f3a…']),
    )
    .action(async (cloud, services, options) =>
      finish(await (await import('./commands/setup.ts')).setup({ ...options, cloud, services }, terminal)),
    )
}

function addStatus(program: Command, terminal: Terminal, finish: Finish): void {
  trustCommand(program, 'status', 'show every object and what drifted (exit status 2: something differs)')
    .option('--preview', 'also ask Keycloak for an example of each token, and compare')
    .addHelpText(
      'after',
      helpEnd(
        ['federate status', 'federate status aws --json', 'federate status keycloak --preview'],
        statuses.compared,
      ),
    )
    .action(async (cloud, services, options) =>
      finish(await (await import('./commands/status.ts')).status({ ...options, cloud, services }, terminal)),
    )
}

function addDestroy(program: Command, terminal: Terminal, finish: Finish): void {
  trustCommand(program, 'destroy', "delete what bears our owner's mark, and nothing else")
    .option('-y, --yes', 'delete without asking')
    .option('--expect <fingerprint>', 'delete without asking, but only by the plan that has this fingerprint')
    .addHelpText('after', helpEnd(['federate destroy aws', 'federate destroy aws billing']))
    .action(async (cloud, services, options) =>
      finish(await (await import('./commands/destroy.ts')).destroy({ ...options, cloud, services }, terminal)),
    )
}

function addToken(program: Command, terminal: Terminal, finish: Finish): void {
  serviceOptions(program.command('token'))
    .description("fetch the service's token; shows header and claims, and the token itself only with --raw")
    .option('--for <what>', 'a target or API of the service, a cloud that it has targets in, or an audience')
    .option('--scope <scope...>', 'further scopes to ask for')
    .option('--min-validity <time>', 'the least time that the token must live, such as 5m')
    .option('--decode', 'show header and claims (the default)')
    .addOption(new Option('--raw', 'print the token itself').conflicts(['decode', 'check']))
    .addOption(
      new Option(
        '--check',
        'print nothing of the token; the exit status says whether it can be had (3 refused, 4 not reachable)',
      ).conflicts('decode'),
    )
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      helpEnd([
        'federate token --decode',
        'federate token --for aws',
        'federate token --for api://orders --raw',
        'federate token --check --issuer https://keycloak.example.com/realms/prod --client-id billing --secret-file secret',
      ]),
    )
    .action(async (options) => finish(await (await import('./commands/token.ts')).token(options, terminal)))
}

function addSandbox(program: Command, terminal: Terminal, finish: Finish): void {
  program
    .command('sandbox')
    .summary('an issuer and the clouds of federate.yaml on loopback, for trying out and for tests')
    .description(
      'an issuer and the clouds of federate.yaml on loopback, for trying out and for tests; where federate.yaml is for another place, it stands in for issuers and credentials and leaves the real ones alone',
    )
    .argument('[command...]', 'run this command with the sandbox in its environment, then end')
    .addOption(configOption())
    .option('--json', 'print the environment as JSON')
    .option('--no-issuer', 'only the clouds: the issuers of federate.yaml are running already')
    .passThroughOptions()
    .addHelpText(
      'after',
      helpEnd(
        [
          'federate sandbox -- npm test',
          'federate sandbox -- federate plan',
          'federate sandbox -- bash',
          'federate sandbox -c test.federate.yaml',
        ],
        statuses.sandbox,
      ),
    )
    .action(async (command, options) =>
      finish(await (await import('./commands/sandbox.ts')).sandbox({ ...options, command }, terminal)),
    )
}

function trustCommand(program: Command, name: string, description: string): Command {
  const command = program
    .command(name)
    .description(description)
    .argument('[side]', `keycloak, or one of ${cloudNames.join(', ')} (default: all)`)
    .argument('[services...]', 'only these services (default: all)')
    .option('--admin <path>', 'how to reach the clouds (default: FEDERATE_ADMIN, or federate.admin.yaml beside it)')
    .addOption(configOption())
    .option(
      '--admin-url <url>',
      "where Keycloak is administered (default: FEDERATE_KEYCLOAK_URL, or the issuer's address)",
    )
    .option('--json', 'as JSON')
  for (const { flag, description: text } of accessFlags) command.option(flag, text)
  return command
}
