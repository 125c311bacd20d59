import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { FederateError, writeFileAtomically } from '@federate/core'
import { federateFileTemplate, parseFederateFile } from '@federate/core/config'
import { targetSchemas } from '../clouds.ts'
import { exitStatus } from '../exit-status.ts'
import type { Terminal } from '../terminal.ts'

export interface InitOptions {
  owner?: string
  issuer?: string
  kind?: 'keycloak' | 'oidc'
  subject?: string
  service?: string
  secretFile?: string
  account?: string
  role?: string
  policy?: readonly string[]
  config?: string
  force?: boolean
}

/** `federate init`: writes a first federate.yaml from flags, and from answers where flags are missing. */
export async function init(options: InitOptions, terminal: Terminal): Promise<number> {
  const path = resolve(terminal.cwd, options.config ?? terminal.env['FEDERATE_CONFIG'] ?? 'federate.yaml')
  if (existsSync(path) && options.force !== true) throw existsAlready(path)
  const text = federateFileTemplate(await answers(options, terminal))
  // What was answered is checked by the rules of the file itself, before anything is written.
  parseFederateFile(text, { path, targetSchemas: await targetSchemas() })
  await writeFileAtomically(path, text, { mode: 0o644 })
  terminal.out(`${path}\n`)
  terminal.note('next: read it, complete it, then run `federate plan`.')
  return exitStatus.done
}

async function answers(options: InitOptions, terminal: Terminal) {
  const service = await answer(options.service, '--service', 'Name of the service', 'billing', terminal)
  return {
    owner: await answer(options.owner, '--owner', 'Owner, the name all marks carry', 'acme-platform', terminal),
    issuerUrl: await answer(options.issuer, '--issuer', "Issuer URL, exactly as in its tokens' iss", '', terminal),
    issuerKind: options.kind ?? 'keycloak',
    ...(options.subject === undefined ? {} : { subject: options.subject }),
    service,
    auth: {
      method: 'client_secret_basic' as const,
      secret: { file: options.secretFile ?? `/run/secrets/${service}` },
    },
    target: {
      cloud: 'aws',
      account: await answer(options.account, '--account', 'AWS account (12 digits)', '', terminal),
      role: await answer(options.role, '--role', 'Name of the IAM role', service, terminal),
      policies: options.policy ?? [],
    },
  }
}

async function answer(
  given: string | undefined,
  flag: string,
  question: string,
  preset: string,
  terminal: Terminal,
): Promise<string> {
  if (given !== undefined) return given
  if (!terminal.interactive) throw missing(flag, question)
  const said = await terminal.ask(`${question}${preset === '' ? '' : ` [${preset}]`}: `)
  if (said === '' && preset === '') throw missing(flag, question)
  return said === '' ? preset : said
}

function missing(flag: string, question: string): FederateError {
  return new FederateError({
    code: 'FLAG_MISSING',
    outcome: 'usage',
    problem: `"${question}" was not answered, and ${flag} was not given.`,
    next: `Give ${flag}, or run \`federate init\` on a terminal.`,
  })
}

function existsAlready(path: string): FederateError {
  return new FederateError({
    code: 'FILE_EXISTS',
    outcome: 'usage',
    problem: `${path} exists already.`,
    next: 'Edit it, or write over it with --force.',
  })
}
