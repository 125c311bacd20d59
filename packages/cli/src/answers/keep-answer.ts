import { FederateError, type Now, writeFileAtomically } from '@federate/core'
import { type Answer, answerPath, fileStamp, knownAnswer } from './answer.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Keeps what was printed, for the next process that asks the same. Not if a file has changed since it was read; and a
 * disk that cannot be written to makes the next one slower, nothing else.
 */
export async function keepAnswer(answer: Answer, environment: Environment, now: Now): Promise<void> {
  const path = answerPath(answer.question, environment)
  const changed = Object.entries(answer.files).some(([file, stamp]) => fileStamp(file) !== stamp)
  // Of many that waited for the same credentials, the first writes.
  if (path === undefined || changed || knownAnswer(answer.question, environment, now) === answer.output) return
  try {
    await writeFileAtomically(path, JSON.stringify(answer), { mode: 0o600, flush: false })
  } catch (error) {
    if (!(error instanceof FederateError)) throw error
  }
}
