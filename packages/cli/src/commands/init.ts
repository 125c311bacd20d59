import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { FederateError, writeFileAtomically } from '@federate/core'
import {
  type ConfigProblem,
  checkFederateFile,
  federateFileTemplate,
  parseFederateFile,
  type TargetSchemas,
} from '@federate/core/config'
import { type CloudName, targetSchemas } from '../clouds.ts'
import { exitStatus } from '../exit-status.ts'
import { collectAnswers } from '../first-file/answers.ts'
import { type Answers, commonQuestions, firstTargets } from '../first-file/questions.ts'
import type { Terminal } from '../terminal.ts'

/** The flags of `init`; those of the questions are by the questions' names. */
export interface InitOptions {
  readonly cloud: CloudName
  readonly kind?: 'keycloak' | 'oidc'
  readonly subject?: string
  readonly secretFile?: string
  readonly policy?: readonly string[]
  readonly config?: string
  readonly force?: boolean
  readonly [question: string]: unknown
}

/** `federate init`: writes a first federate.yaml from flags, and from answers where flags are missing. */
export async function init(options: InitOptions, terminal: Terminal): Promise<number> {
  const path = resolve(terminal.cwd, options.config ?? terminal.env['FEDERATE_CONFIG'] ?? 'federate.yaml')
  if (existsSync(path) && options.force !== true) throw existsAlready(path)
  const schemas = await targetSchemas()
  const questions = [...commonQuestions, ...firstTargets[options.cloud].questions]
  const check = (answers: Answers) => problemsOf(textOf(answers, options), path, schemas)
  const text = textOf(await collectAnswers(questions, options, { check, terminal }), options)
  // What was answered is checked by the rules of the file itself, before anything is written.
  parseFederateFile(text, { path, targetSchemas: schemas })
  await writeFileAtomically(path, text, { mode: 0o644 })
  terminal.out(`${path}\n`)
  terminal.note(
    'next: read it and complete it. `federate sandbox -- federate plan` tries it without any cloud, `federate plan` with.',
  )
  return exitStatus.done
}

function textOf(answers: Answers, options: InitOptions): string {
  const { owner = '', issuer = '', service = '' } = answers
  return federateFileTemplate({
    owner,
    issuerUrl: issuer,
    issuerKind: options.kind ?? 'keycloak',
    ...(options.subject === undefined ? {} : { subject: options.subject }),
    service,
    auth: { method: 'client_secret_basic', secret: { file: options.secretFile ?? `/run/secrets/${service}` } },
    target: { cloud: options.cloud, ...firstTargets[options.cloud].target(answers, { policy: options.policy ?? [] }) },
  })
}

function problemsOf(text: string, path: string, schemas: TargetSchemas): readonly ConfigProblem[] {
  const checked = checkFederateFile(text, { path, targetSchemas: schemas })
  return checked.file === undefined ? checked.problems : []
}

function existsAlready(path: string): FederateError {
  return new FederateError({
    code: 'FILE_EXISTS',
    outcome: 'usage',
    problem: `${path} exists already.`,
    next: 'Edit it, or write over it with --force.',
  })
}
