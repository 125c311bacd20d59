import { FederateError } from '@federate/core'
import type { ConfigProblem } from '@federate/core/config'
import type { Terminal } from '../terminal.ts'
import { type Answers, type Question, unaskedFlags } from './questions.ts'

/** What is wrong with a file made from these answers. */
export type Check = (answers: Answers) => readonly ConfigProblem[]

/**
 * Collects an answer to every question: from flags, else from a person, who is asked again while the answer is refused.
 *
 * @throws FederateError (usage) `FLAG_INVALID` for all flags that cannot be, before anything is asked; `FLAG_MISSING` for
 *   all that are missing where nobody can be asked; `QUESTION_INTERRUPTED`.
 */
export async function collectAnswers(
  questions: readonly Question[],
  flags: Readonly<Record<string, unknown>>,
  { check, terminal }: { readonly check: Check; readonly terminal: Terminal },
): Promise<Answers> {
  let answers: Answers = Object.fromEntries(
    questions.flatMap(({ name }) => (typeof flags[name] === 'string' ? [[name, flags[name]]] : [])),
  )
  const open = questions.filter((one) => answers[one.name] === undefined && (one.matters?.(answers) ?? true))
  const examples = Object.fromEntries(open.map(({ name, example }) => [name, example]))
  refuseFlags(check({ ...examples, ...answers }), questions)
  if (!terminal.interactive) refuseMissing(open.filter(({ optional }) => optional !== true))
  else
    for (const question of open) {
      if (question.matters?.(answers) === false) continue
      const refused = (answer: string) => problemsWith({ ...examples, ...answers }, question, answer, check)
      answers = { ...answers, [question.name]: await ask(question, answers, refused, terminal) }
    }
  return answers
}

/** The problems that this answer brings. */
function problemsWith(others: Answers, { name, example }: Question, answer: string, check: Check): readonly string[] {
  const messages = (answers: Answers) => check(answers).map(({ message }) => message)
  const before = new Set(messages({ ...others, [name]: example }))
  return messages({ ...others, [name]: answer }).filter((problem) => !before.has(problem))
}

async function ask(
  question: Question,
  answers: Answers,
  refused: (answer: string) => readonly string[],
  terminal: Terminal,
): Promise<string> {
  const preset = question.preset?.(answers) ?? ''
  for (;;) {
    const said = await terminal.ask(`${question.text}${preset === '' ? '' : ` [${preset}]`}: `)
    const answer = said === '' ? preset : said
    const needed = answer === '' && question.optional !== true
    const problems = needed ? ['An answer is needed.'] : refused(answer)
    if (problems.length === 0) return answer
    for (const problem of problems) terminal.note(`  ${terminal.style('yellow', problem)}`)
  }
}

function refuseFlags(problems: readonly ConfigProblem[], questions: readonly Question[]): void {
  if (problems.length === 0) return
  const places = [...unaskedFlags, ...questions]
  const lines = problems.map(({ path, message }) => {
    const flag = places.find(({ place }) => place.test(path))?.flag ?? path
    return `${flag}: ${message}${/[.?]$/.test(message) ? '' : '.'}`
  })
  throw new FederateError({
    code: 'FLAG_INVALID',
    outcome: 'usage',
    problem: lines.join('\n'),
    next: 'Correct that, and run the command again. Nothing was written.',
    details: { problems },
  })
}

function refuseMissing(questions: readonly Question[]): void {
  if (questions.length === 0) return
  const width = Math.max(...questions.map(({ flag }) => flag.length))
  const lines = questions.map(({ flag, text }) => `  ${flag.padEnd(width)}  ${text}`)
  throw new FederateError({
    code: 'FLAG_MISSING',
    outcome: 'usage',
    problem: `Nobody can be asked here, and not given was:\n${lines.join('\n')}`,
    next: 'Give it by flags, or run `federate init` on a terminal.',
    details: { flags: questions.map(({ flag }) => flag) },
  })
}
