import { FederateError } from '@federate/core'
import type { Terminal } from '../terminal.ts'
import type { Answers, Question } from './questions.ts'

/** What is wrong with a file made from these answers, as sentences. */
export type Check = (answers: Answers) => readonly string[]

/**
 * Collects an answer to every question: from flags, else from a person, who is asked again while the answer is refused.
 *
 * @throws FederateError (usage) `FLAG_MISSING` where nobody can be asked, `QUESTION_INTERRUPTED`.
 */
export async function collectAnswers(
  questions: readonly Question[],
  flags: Readonly<Record<string, unknown>>,
  { check, terminal }: { readonly check: Check; readonly terminal: Terminal },
): Promise<Answers> {
  let answers: Answers = Object.fromEntries(
    questions.flatMap(({ name }) => (typeof flags[name] === 'string' ? [[name, flags[name]]] : [])),
  )
  const examples = Object.fromEntries(questions.map(({ name, example }) => [name, example]))
  for (const question of questions.filter(({ name }) => answers[name] === undefined)) {
    const refused = (answer: string) => problemsWith({ ...examples, ...answers }, question, answer, check)
    answers = { ...answers, [question.name]: await ask(question, answers, refused, terminal) }
  }
  return answers
}

/** The problems that this answer brings: those of the flags are told when the file is written. */
function problemsWith(others: Answers, { name, example }: Question, answer: string, check: Check): readonly string[] {
  const before = new Set(check({ ...others, [name]: example }))
  return check({ ...others, [name]: answer }).filter((problem) => !before.has(problem))
}

async function ask(
  question: Question,
  answers: Answers,
  refused: (answer: string) => readonly string[],
  terminal: Terminal,
): Promise<string> {
  if (!terminal.interactive) throw missing(question)
  const preset = question.preset?.(answers) ?? ''
  for (;;) {
    const said = await terminal.ask(`${question.text}${preset === '' ? '' : ` [${preset}]`}: `)
    const answer = said === '' ? preset : said
    const problems = answer === '' ? ['An answer is needed.'] : refused(answer)
    if (problems.length === 0) return answer
    for (const problem of problems) terminal.note(`  ${terminal.style('yellow', problem)}`)
  }
}

function missing({ text, flag }: Question): FederateError {
  return new FederateError({
    code: 'FLAG_MISSING',
    outcome: 'usage',
    problem: `"${text}" was not answered, and ${flag} was not given.`,
    next: `Give ${flag}, or run \`federate init\` on a terminal.`,
  })
}
