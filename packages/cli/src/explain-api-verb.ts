import { type Command, Option } from 'commander'
import { configOption, helpEnd, statuses } from './option-texts.ts'
import type { Terminal } from './terminal.ts'

/** `federate explain api`: the rules of `@federate/verify`, with the options of a verifier as flags. */
export function addExplainApi(explain: Command, terminal: Terminal, finish: (status: number) => void): void {
  explain
    .command('api')
    .description('judge a token by the rules of @federate/verify, as your own API does')
    .argument('[api]', 'which API of federate.yaml (default: the only one)')
    .addOption(configOption())
    .option('--issuer <url>', 'instead of federate.yaml: the issuer that the API trusts')
    .option('--audience <text>', 'with --issuer: what aud must contain')
    .addOption(
      new Option('--profile <name>', 'the shape of the tokens (default: keycloak; with kind: oidc, rfc9068)').choices([
        'keycloak',
        'rfc9068',
      ]),
    )
    .option('--algorithm <name...>', 'the only algorithms that the API accepts')
    .option('--client <id...>', 'the only clients that it lets in')
    .option('--require-scope <scope...>', 'scopes that it asks for')
    .option('--require-role <role...>', 'roles of the client named like the audience that it asks for')
    .option('--require-claim <name=value...>', 'claims that it asks for')
    .option('--token-file <path>', 'the token to judge; - reads standard input')
    .option('--jwks <path>', "the issuer's JWKS, to check the signature too")
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      helpEnd(
        [
          'federate token --for api://orders --raw | federate explain api orders --token-file -',
          'federate explain api --issuer https://keycloak.example.com/realms/prod --audience api://orders --token-file token.jwt',
        ],
        statuses.judged,
      ),
    )
    .action(async (api, options) =>
      finish(await (await import('./commands/explain-api.ts')).explainApi({ ...options, api }, terminal)),
    )
}
