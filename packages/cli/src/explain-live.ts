import { join } from 'node:path'
import { type Cloud, FederateError, type LiveQuestion, type Verdict } from '@federate/core'
import type { CloudName } from './clouds.ts'
import { callContext } from './context.ts'
import { explainFlags } from './explain-flags.ts'
import type { Terminal } from './terminal.ts'
import { readAdmin } from './trust.ts'

export interface LiveOptions {
  cloud: CloudName
  live?: boolean
  admin?: string
}

type Asked = Omit<LiveQuestion, 'access' | 'context'>

/** Has a cloud judge by the trust that it holds itself, with the administrator's access to it. */
export async function judgeLive(
  cloud: Cloud,
  asked: Asked,
  options: LiveOptions & { readonly federateFile?: string },
  terminal: Terminal,
): Promise<Verdict> {
  const file = explainFlags[options.cloud].find(({ name, kind }) => kind === 'file' && asked.values.has(name))
  if (file !== undefined) throw liveInvalid(`--live takes the trust from ${cloud.name}, and ${file.flag} from a file.`)
  if (cloud.explainLive === undefined) throw liveInvalid(`The trust of ${cloud.name} cannot be judged live.`)
  const path = options.federateFile ?? join(terminal.cwd, 'federate.yaml')
  const access = (await readAdmin({ path }, options, terminal)).get(options.cloud)
  return cloud.explainLive({ ...asked, access, context: callContext(terminal, new AbortController().signal) })
}

function liveInvalid(problem: string): FederateError {
  return new FederateError({
    code: 'FLAG_INVALID',
    outcome: 'usage',
    problem,
    next: 'Leave --live out, or the other flag.',
  })
}
