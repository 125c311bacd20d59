import { describe, expect, it } from 'vitest'
import { FakeTerminal } from './fake-terminal.test-kit.ts'
import { run } from './run.ts'

async function ran(...args: string[]) {
  const terminal = new FakeTerminal()
  const status = await run(args, '1.2.3', terminal)
  return { status, stdout: terminal.stdout, stderr: terminal.stderr }
}

describe('run', () => {
  it('prints its version', async () => {
    expect(await ran('--version')).toEqual({ status: 0, stdout: '1.2.3\n', stderr: '' })
  })

  it.each(['init', 'plan', 'setup', 'status', 'destroy', 'token', 'credentials', 'explain', 'sandbox'])(
    'has help for %s on stdout',
    async (verb) => {
      const { status, stdout, stderr } = await ran(verb, '--help')
      expect(stdout).toContain(`Usage: federate ${verb}`)
      expect(status).toBe(0)
      expect(stderr).toBe('')
    },
  )

  it.each([
    [['plam'], "error: unknown command 'plam'\n(Did you mean plan?)"],
    [['plan', '--prun'], "error: unknown option '--prun'\n(Did you mean --prune?)"],
    [
      ['exec', '--targt=of-the-service', '--', 'true'],
      "error: unknown option '--targt'\nRun `federate exec --help` to see what there is.\n(Did you mean --target?)",
    ],
    [['nothing'], 'Run `federate --help` to see what there is.'],
    [['init', '--ower', 'x'], 'Run `federate init --help` to see what there is.'],
    [['agent', 'wait', '--timeot'], 'Run `federate agent wait --help` to see what there is.'],
    [['credentials', 'aws', '--rol'], 'Run `federate credentials aws --help` to see what there is.'],
    [['keys', 'isue'], "error: unknown command 'isue'\n(Did you mean issue?)"],
    [['credentials', 'awx'], "error: unknown command 'awx'\n(Did you mean aws?)"],
    [['token', '--kind', 'saml', '--issuer', 'x'], "argument 'saml' is invalid. Allowed choices are keycloak, oidc."],
  ])('calls %j wrong usage and says what is wrong', async (args, message) => {
    const { status, stdout, stderr } = await ran(...args)
    expect(stderr).toContain(message)
    expect(status).toBe(64)
    expect(stdout).toBe('')
  })

  it.each([
    [['help', 'keys', 'issue'], 'Usage: federate keys issue '],
    [['help', 'agent'], 'Usage: federate agent '],
    [['help'], 'Usage: federate '],
    [['agent', 'billing.federate.json', '--help'], 'Usage: federate agent '],
  ])('helps with %j', async (args, usage) => {
    const { status, stdout, stderr } = await ran(...args)
    expect(stdout.startsWith(usage)).toBe(true)
    expect([status, stderr]).toEqual([0, ''])
  })

  it.each([
    [['help', 'nope'], "error: unknown command 'nope'"],
    [['kesy', '--help'], "error: unknown command 'kesy'\n(Did you mean keys?)"],
    [['keys', 'isue', '-h'], "error: unknown command 'isue'\n(Did you mean issue?)"],
    [['help', 'keys', 'nope'], "error: unknown command 'nope'"],
  ])('has no help for %j, which there is not', async (args, message) => {
    const { status, stdout, stderr } = await ran(...args)
    expect(stderr).toContain(message)
    expect([status, stdout]).toEqual([64, ''])
  })

  it('tells programs which help it is, too', async () => {
    const { stdout } = await ran('agent', 'wait', '--timeot', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'USAGE', next: 'Run `federate agent wait --help`.' } })
  })

  it('names what it knows when a cloud is unknown', async () => {
    const { status, stderr } = await ran('plan', 'oracle')
    expect(stderr).toContain('"oracle" is no cloud or issuer that federate knows; it knows: keycloak, aws, gcp, azure.')
    expect(status).toBe(64)
  })

  it('says which flag is missing when flags stand for a service file', async () => {
    const { status, stderr } = await ran('token', '--issuer', 'https://issuer.example.com')
    expect(stderr).toContain('--issuer was given without --client-id.')
    expect(status).toBe(64)
  })

  it.each([
    [['--trace', 'token', '--issuer', 'https://issuer.example.com']],
    [['token', '--issuer', 'https://issuer.example.com', '--trace']],
  ])('says with %j where an error happened', async (args) => {
    const { status, stderr } = await ran(...args)
    expect(stderr).toMatch(/^FederateError.*: --issuer was given without --client-id\.[\s\S]*\n {4}at /)
    expect(stderr).toContain('error FLAG_MISSING')
    expect(status).toBe(64)
  })

  it('leaves the words of a command that is run alone', async () => {
    const { stderr } = await ran('sandbox', '-c', 'missing.yaml', '--', 'program', '--trace')
    expect(stderr).toContain('CONFIG_MISSING')
    expect(stderr).not.toContain('    at ')
  })
})
