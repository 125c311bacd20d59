import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { FakeTerminal } from './fake-terminal.test-kit.ts'
import { flagRules } from './flag-rules.ts'
import { buildProgram } from './program.ts'
import { run } from './run.ts'

async function ran(line: string) {
  const terminal = new FakeTerminal()
  const status = await run(line.split(' '), '1.2.3', terminal)
  return { status, stdout: terminal.stdout, stderr: terminal.stderr }
}

describe('what a verb would ignore', () => {
  it.each([
    ['configure gcp --token-file t --source executable', '--token-file means nothing with --source executable:'],
    ['configure gcp --output-file o --source file', '--output-file means nothing with --source file:'],
    ['configure gcp --output-file o --token-file t', '--output-file means nothing with --token-file:'],
    ['configure gcp --file /run/x --token-file /run/x', '--file and --token-file both name /run/x:'],
    ['configure gcp --file x --output-file ./x', '--file and --output-file both name /nowhere/x:'],
    ['configure azure --file x --federated-token-file x', '--file and --federated-token-file both name /nowhere/x:'],
    ['agent billing --once --unit', '--once means nothing with --unit:'],
    ['agent --once --unit-file u', '--once means nothing with --unit-file:'],
    ['agent --unit --run-folder r', '--run-folder means nothing with --unit:'],
    ['agent --once --listen 127.0.0.1:0', '--listen means nothing with --once:'],
    ['agent --once --run-folder r', '--run-folder means nothing with --once:'],
    ['explain aws --admin a', '--admin means something only together with --live.'],
    ['explain aws --aws-profile a=b', '--aws-profile means something only together with --live.'],
    ['explain aws billing --trust-policy p', 'the argument billing means nothing with --trust-policy:'],
    ['explain aws --config c --trust-policy p', '--config means nothing with --trust-policy:'],
    ['explain aws --target s3 --role-arn r --live', '--target means nothing with --role-arn:'],
    ['explain gcp --target lake --provider p', '--target means nothing with --provider:'],
    ['explain gcp --provider p --role r --service-account s', '--role means nothing with --service-account:'],
    ['explain azure files --application-id i --live', 'the argument files means nothing with --application-id:'],
    ['explain api orders --issuer i', 'the argument orders means nothing with --issuer:'],
    ['explain api --config c --issuer i', '--config means nothing with --issuer:'],
    ['init --project p', '--project means something only together with --cloud gcp.'],
    ['init --cloud gcp --tenant t', '--tenant means something only together with --cloud azure.'],
    ['init --cloud azure --account a', '--account means nothing with --cloud azure:'],
    ['plan aws --preview', '--preview means nothing with the argument aws:'],
    ['status gcp --admin-url u', '--admin-url means nothing with the argument gcp:'],
    ['setup azure --rotate-secret billing', '--rotate-secret means nothing with the argument azure:'],
    ['setup gcp --aws-profile a=b', '--aws-profile means nothing with the argument gcp:'],
    ['destroy keycloak --admin a', '--admin means nothing with the argument keycloak:'],
    ['keys rotate acme --drop-old', '--drop-old means something only together with --jwks.'],
  ])('is refused: %s', async (line, problem) => {
    const { status, stderr } = await ran(line)
    expect(stderr).toContain(problem)
    expect(stderr).toMatch(/error FLAG(S_CONTRADICT|_MISSING) [\s\S]*next: (Leave|Add|Name) /)
    expect(status).toBe(64)
  })

  it('says why, and what to do', async () => {
    expect((await ran('configure gcp --token-file t --source executable')).stderr).toBe(
      [
        'error FLAGS_CONTRADICT  (federate configure gcp)',
        '  --token-file means nothing with --source executable: an executable source asks federate, and reads no file of tokens.',
        '  next: Leave --token-file or --source executable out.',
        '',
      ].join('\n'),
    )
  })

  it('is told to programs, too', async () => {
    const { status, stdout } = await ran('sandbox --json -- npm test')
    expect(JSON.parse(stdout)).toMatchObject({
      error: {
        ...{ code: 'FLAGS_CONTRADICT', outcome: 'usage', next: 'Leave --json or the argument npm test out.' },
        problem: expect.stringMatching(/^--json means nothing with the argument npm test: the environment goes/),
      },
    })
    expect(status).toBe(64)
  })

  it.each([
    'configure gcp --token-file t --source file',
    'configure gcp --output-file o --source executable',
    'configure gcp --file a --token-file b',
    'agent --once --no-cache --log-level debug',
    'explain aws billing --live --admin a --role-arn',
    'explain aws --trust-policy p --session-name s',
    'explain api orders --audience a',
    'init --cloud gcp --project p',
    'plan keycloak --preview --admin-url u',
    'plan --preview --admin-url u --aws-profile a=b',
    'setup aws --aws-profile a=b --service-files f',
  ])('lets through what means something: %s', async (line) => {
    expect((await ran(line)).stderr).not.toMatch(/means? (nothing|something)|both name/)
  })
})

describe('the rules', () => {
  const program = buildProgram([], '1.2.3', new FakeTerminal(), () => undefined)
  const verb = (words: string) =>
    words.split(' ').reduce<Command | undefined>((at, word) => at?.commands.find((one) => one.name() === word), program)
  const wordsOf = (rule: (typeof flagRules)[string][number]) => [
    rule.word,
    ...('needs' in rule ? [rule.needs] : 'ignoredBy' in rule ? rule.ignoredBy : [rule.apartFrom]),
  ]

  it.each(Object.entries(flagRules))('of %s speak of words that it has', (words, rules) => {
    const command = verb(words)
    const known = [
      ...(command?.options ?? []).map(({ long }) => long),
      ...(command?.registeredArguments ?? []).map((argument) => `[${argument.name()}]`),
    ]
    for (const word of rules.flatMap(wordsOf)) expect(known).toContain(word.split(' ')[0])
  })
})
