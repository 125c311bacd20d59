import { accessFlags } from './access-flags.ts'
import { type CloudName, cloudNames } from './clouds.ts'
import { explainFlags } from './explain-flags.ts'

/**
 * When a word of the command line would be ignored. Words are flags and arguments: `--token-file`, `--source executable`,
 * `[api]`, `[side] aws`.
 */
export type FlagRule =
  /** Beside any of these. */
  | { readonly word: string; readonly ignoredBy: readonly string[]; readonly because: string }
  /** Without this one. */
  | { readonly word: string; readonly needs: string }
  /** What each of the two names would be written over by the other. */
  | { readonly word: string; readonly apartFrom: string }

/** The rules of each verb, for what is said by neither the target (`ignored-flags.ts`) nor a pair of flags alone (commander's `conflicts`). */
export const flagRules: Readonly<Record<string, readonly FlagRule[]>> = {
  init: [
    ...onlyFor('gcp', ['--project', '--service-account', '--project-role']),
    ...onlyFor('azure', ['--tenant', '--application']),
    ...['--account', '--role', '--policy'].map((word) => ({
      ...{ word, ignoredBy: ['--cloud gcp', '--cloud azure'] },
      because: 'it is about a role of AWS',
    })),
  ],
  plan: trust(['--preview']),
  status: trust(['--preview']),
  setup: trust(['--secrets-dir', '--secret-command', '--rotate-secret']),
  destroy: trust([]),
  'configure gcp': [
    ignored('--token-file', '--source executable', 'an executable source asks federate, and reads no file of tokens'),
    ignored('--output-file', '--source file', 'only an executable source keeps a token'),
    ignored('--output-file', '--token-file', 'libraries read the token there, and keep none'),
    { word: '--file', apartFrom: '--token-file' },
    { word: '--file', apartFrom: '--output-file' },
  ],
  'configure azure': [{ word: '--file', apartFrom: '--federated-token-file' }],
  agent: [
    ...['--unit', '--unit-file'].flatMap((unit) => [
      ignored('--once', unit, 'a unit starts an agent that stays'),
      ignored('--run-folder', unit, 'systemd gives each agent a folder of its own'),
    ]),
    ...['--listen', '--tls-cert', '--tls-key', '--tls-client-ca', '--host', '--run-folder'].map((flag) =>
      ignored(flag, '--once', 'an agent that ends lends nothing'),
    ),
  ],
  'explain api': ['[api]', '--config'].map((word) =>
    ignored(word, '--issuer', 'what the API trusts is then said by flags'),
  ),
  ...Object.fromEntries(cloudNames.map((cloud) => [`explain ${cloud}`, explain(cloud)])),
  'keys rotate': [{ word: '--drop-old', needs: '--jwks' }],
  sandbox: [ignored('--json', '[command]', 'the environment goes to the command, and is not printed')],
}

function ignored(word: string, by: string, because: string): FlagRule {
  return { word, ignoredBy: [by], because }
}

function onlyFor(cloud: CloudName, words: readonly string[]): readonly FlagRule[] {
  return words.map((word) => ({ word, needs: `--cloud ${cloud}` }))
}

/** Where one side was named, what is about another one. */
function trust(keycloak: readonly string[]): readonly FlagRule[] {
  return [
    ...['--admin-url', ...keycloak].map((word) => ({
      ...{ word, ignoredBy: cloudNames.map((cloud) => `[side] ${cloud}`) },
      because: 'it is about Keycloak',
    })),
    ignored('--admin', '[side] keycloak', 'it says how to reach the clouds'),
    ...accessFlags.map(({ flag, cloud }) => ({
      ...{ word: nameOf(flag), because: `it says how to reach ${cloud}` },
      ignoredBy: ['keycloak', ...cloudNames.filter((name) => name !== cloud)].map((side) => `[side] ${side}`),
    })),
  ]
}

function explain(cloud: CloudName): readonly FlagRule[] {
  const [main, ...others] = explainFlags[cloud]
  const elsewhere = [main, ...others.filter(({ names }) => names)].flatMap((one) => (one ? [nameOf(one.flag)] : []))
  return [
    ...['--admin', ...accessFlags.filter((one) => one.cloud === cloud).map(({ flag }) => nameOf(flag))].map((word) => ({
      ...{ word, needs: '--live' },
    })),
    ...['[service]', '--target', '--config'].map((word) => ({
      ...{ word, ignoredBy: elsewhere, because: 'federate.yaml is not looked at then' },
    })),
    ...(cloud === 'gcp' ? [ignored('--role', '--service-account', 'it is for a service that acts as itself')] : []),
  ]
}

function nameOf(flag: string): string {
  return flag.split(' ')[0] ?? flag
}
