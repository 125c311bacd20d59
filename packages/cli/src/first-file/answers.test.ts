import { describe, expect, it } from 'vitest'
import { FakeTerminal } from '../fake-terminal.test-kit.ts'
import { collectAnswers } from './answers.ts'
import { commonQuestions, firstTargets } from './questions.ts'

const questions = [...commonQuestions, ...firstTargets.gcp.questions]
const fine = () => []
const common = { service: 'billing', owner: 'acme', issuer: 'https://keycloak.example.com/realms/prod' }

describe('collectAnswers', () => {
  it('takes an empty answer where none is needed, and asks what matters then', async () => {
    const terminal = new FakeTerminal({ answers: ['', 'acme-prod', '', '', 'roles/storage.objectViewer'] })
    const answers = await collectAnswers(questions, { owner: 'acme', issuer: common.issuer }, { check: fine, terminal })
    expect(answers).toMatchObject({
      service: 'billing',
      serviceAccount: '',
      projectRole: 'roles/storage.objectViewer',
    })
    expect(terminal.stderr).toContain('An answer is needed.')
    expect(firstTargets.gcp.target(answers, {})).toEqual({
      project: 'acme-prod',
      roles: ['roles/storage.objectViewer'],
    })
  })

  it('does not ask for what does not matter after the answers before', async () => {
    const terminal = new FakeTerminal({ answers: ['acme-prod', 'billing-svc'] })
    const answers = await collectAnswers(questions, common, { check: fine, terminal })
    expect(terminal.stderr).not.toContain('Role on the project')
    expect(firstTargets.gcp.target(answers, {})).toEqual({ project: 'acme-prod', serviceAccount: 'billing-svc' })
  })

  it('blames flags before it asks anything, and what has no flag by its place', async () => {
    const problem = (path: string) => ({ code: 'X', path, line: 1, column: 1, message: `is wrong at ${path}` })
    const check = () => ['services.billing.targets.gcp.project', 'services.billing', 'version'].map(problem)
    const terminal = new FakeTerminal({ answers: [] })
    await expect(collectAnswers(questions, { project: 'x' }, { check, terminal })).rejects.toMatchObject({
      code: 'FLAG_INVALID',
      outcome: 'usage',
      problem: [
        '--project: is wrong at services.billing.targets.gcp.project.',
        '--service: is wrong at services.billing.',
        'version: is wrong at version.',
      ].join('\n'),
    })
    expect(terminal.stderr).toBe('')
  })

  it('names all flags that are missing where nobody can be asked', async () => {
    const asking = collectAnswers(questions, common, { check: fine, terminal: new FakeTerminal() })
    await expect(asking).rejects.toMatchObject({
      code: 'FLAG_MISSING',
      details: { flags: ['--project', '--project-role'] },
      problem: expect.stringMatching(
        /^Nobody can be asked here, and not given was:\n {2}--project {7}Google Cloud project/,
      ),
    })
  })
})
