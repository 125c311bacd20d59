import { dirname } from 'node:path'
import { preparePrivateFolder, tryHold } from '@federate/core/cache'
import { answerPath, type Question } from './answer.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** As long as an exchange may be waited for, in milliseconds. */
const patience = 30_000
/** What is asked with these is not kept, and waiting would be for nothing. */
const neverKept = ['--no-cache', '--token-file', '--profile']

/**
 * Of many processes that ask the same at once, one gets its turn now. The others get theirs when it is done, or dead: by
 * then its answer is there, and they have loaded nothing but this to wait for it.
 *
 * @returns what ends the turn.
 */
export async function takeTurn(question: Question, environment: Environment): Promise<() => Promise<void>> {
  const none = async () => undefined
  const path = answerPath(question, environment)
  if (path === undefined || question.args.some((word) => neverKept.includes(word.split('=')[0] ?? ''))) return none
  try {
    preparePrivateFolder(dirname(path))
  } catch {
    // The command itself says what is wrong with the folder.
    return none
  }
  const lock = await tryHold(path)
  if (lock === undefined) return none
  if ('release' in lock) return () => lock.release()
  await lock.gone(patience)
  return none
}
