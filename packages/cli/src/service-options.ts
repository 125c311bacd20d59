import { type Command, Option } from 'commander'
import { authMethods } from './auth-flags.ts'

/** The flags of every command that works for one service; `ServiceFlags` is what comes of them. */
export function serviceOptions(command: Command): Command {
  return command
    .option('-s, --service <file>', 'the service file (default: FEDERATE_SERVICE, or the only *.federate.json here)')
    .option('--issuer <url>', 'instead of a service file: the issuer')
    .addOption(new Option('--kind <kind>', 'with --issuer: its kind (default: keycloak)').choices(['keycloak', 'oidc']))
    .addOption(
      new Option('--audience-as <style>', 'with --kind oidc: how it is asked for an audience (default: none)').choices([
        'scope',
        'audience',
        'resource',
        'none',
      ]),
    )
    .option('--parameter <name=value...>', 'with --issuer: further parameters of the token request')
    .option('--ca <path>', "with --issuer: certificates (PEM) of the authority that signs the issuer's own")
    .option('--client-id <id>', 'with --issuer: the client')
    .addOption(
      new Option('--auth <method>', 'how secret or key are used (default: what fits the files that are given)').choices(
        authMethods,
      ),
    )
    .option('--secret-file <path>', 'with --issuer: file that holds the client secret')
    .option('--secret-env <name>', 'with --issuer: environment variable that holds the client secret')
    .option('--key-file <path>', 'with --issuer: private key (PEM, JWK or JWKS) for private_key_jwt')
    .option('--key-id <kid>', 'the kid of the key at the issuer')
    .option('--algorithm <name>', 'how to sign, such as PS256 (default: what fits the key)')
    .addOption(new Option('--passphrase-file <path>', 'file with the passphrase of the key').conflicts('passphraseEnv'))
    .option('--passphrase-env <name>', 'environment variable with the passphrase of the key')
    .option(
      '--certificate-file <path>',
      'certificate of the key (PEM), which then proves itself in TLS, or as --auth says',
    )
    .addOption(
      new Option('--assertion-audience <whom>', 'whom signed assertions are for (default: issuer)').choices([
        'issuer',
        'token_endpoint',
      ]),
    )
    .option('--jwt-file <path>', 'with --issuer: file that holds an assertion written by another system')
}
