import { type Command, Option } from 'commander'
import { configOption, helpEnd } from './option-texts.ts'
import type { Terminal } from './terminal.ts'

type Finish = (status: number) => void

const load = () => import('./commands/keys.ts')

/** `federate keys …`: keys of third parties for your own APIs. */
export function addKeys(program: Command, terminal: Terminal, finish: Finish): void {
  const keys = program
    .command('keys')
    .description('keys of third parties for your own APIs: clients of Keycloak')
    .addHelpText(
      'after',
      helpEnd([
        'federate keys issue acme --api orders --role reader',
        'federate keys list',
        'federate keys revoke acme',
      ]),
    )
  addIssue(keys, terminal, finish)
  keyCommand(keys, 'list', 'show every key: what it may do, age, last rotation, end')
    .addHelpText('after', helpEnd(['federate keys list', 'federate keys list --json']))
    .action(async (options) => finish(await (await load()).listKeys(options, terminal)))
  addRotate(keys, terminal, finish)
  addRepair(keys, terminal, finish)
  addRevoke(keys, terminal, finish)
}

function addIssue(keys: Command, terminal: Terminal, finish: Finish): void {
  credentialOptions(keyCommand(keys, 'issue', 'make a key, and print what the customer needs'))
    .argument('<name>', "the customer's name, which is its client id")
    .option('--api <name...>', 'the APIs of federate.yaml that it may call')
    .option('--role <role...>', 'its roles there; with several APIs as <api>:<role>')
    .option('--lifetime <time>', 'how long its tokens live (default: 5m)')
    .option('--contact <text>', 'whom to write to')
    .option('--expires <when>', 'when the key is to end: 2027-01-31, or 90d')
    .addHelpText(
      'after',
      helpEnd([
        'federate keys issue acme --api orders --role reader --expires 365d --contact ops@acme.example',
        'federate keys issue acme --api orders --role reader --secret-file acme.secret',
        'federate keys issue acme --api orders --role reader --jwks acme.jwks.json',
      ]),
    )
    .action(async (name, options) => finish(await (await load()).issueKey({ ...options, name }, terminal)))
}

function addRotate(keys: Command, terminal: Terminal, finish: Finish): void {
  credentialOptions(keyCommand(keys, 'rotate', 'replace its secret, its keys or its certificate'))
    .argument('<name>', 'the key')
    .option('--drop-old', 'with --jwks: the old keys end now')
    .addHelpText('after', helpEnd(['federate keys rotate acme', 'federate keys rotate acme --jwks new.jwks.json']))
    .action(async (name, options) => finish(await (await load()).rotateKey({ ...options, name }, terminal)))
}

function addRepair(keys: Command, terminal: Terminal, finish: Finish): void {
  keyCommand(keys, 'repair', 'give keys again what they were issued with, and have lost in Keycloak')
    .argument('[names...]', 'the keys (default: all that lack something)')
    .addHelpText('after', helpEnd(['federate keys repair', 'federate keys repair acme']))
    .action(async (names, options) => finish(await (await load()).repairKeys({ ...options, names }, terminal)))
}

function addRevoke(keys: Command, terminal: Terminal, finish: Finish): void {
  keyCommand(keys, 'revoke', 'end keys: no token any more from now on')
    .argument('[names...]', 'the keys')
    .option('--expired', 'all that have expired')
    .option('--delete', 'also remove the client, so that its name is free again')
    .addHelpText('after', helpEnd(['federate keys revoke acme', 'federate keys revoke --expired']))
    .action(async (names, options) => finish(await (await load()).revokeKeys({ ...options, names }, terminal)))
}

function keyCommand(keys: Command, name: string, description: string): Command {
  return keys
    .command(name)
    .description(description)
    .addOption(configOption())
    .option('--issuer <name>', 'which issuer of federate.yaml (default: the only Keycloak)')
    .option(
      '--admin-url <url>',
      "where Keycloak is administered (default: FEDERATE_KEYCLOAK_URL, or the issuer's address)",
    )
    .option('--json', 'as JSON')
}

function credentialOptions(command: Command): Command {
  return command
    .option('--secret-file <path>', 'write the secret into this file (0600) instead of printing it')
    .addOption(
      new Option('--jwks <path>', "the customer's public keys as a JWK set: no secret exists").conflicts([
        'jwksUrl',
        'certificate',
      ]),
    )
    .addOption(new Option('--jwks-url <url>', 'where the customer publishes its keys').conflicts('certificate'))
    .option('--certificate <path>', "the certificate (PEM) of the customer's key")
}
