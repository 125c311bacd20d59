import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FederateError } from '../errors.ts'
import { parseAgentFile, readAgentFile } from './agent-file.ts'

const path = '/etc/federate/federate.agent.yaml'
const aws = new Map([
  ['shared-credentials', { profiles: true }],
  ['json', {}],
])
const services = new Map([
  ['billing', new Map([['s3', aws]])],
  [
    'reporting',
    new Map([
      ['s3', aws],
      ['lake', new Map([['token', {}]])],
    ]),
  ],
  ['api-only', new Map()],
])
const reserved = ['/etc/federate/billing.federate.json', '/etc/federate/secrets/billing']
const options = { path, services, reserved }

const parse = (outputs: string) => parseAgentFile(`version: 1\noutputs:\n${outputs}`, options).outputs

/** The lines of a refusal, without the file's name. */
function refusal(outputs: string): string[] {
  try {
    parse(outputs)
  } catch (error) {
    if (!(error instanceof FederateError)) throw error
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', outcome: 'usage' })
    return error.problem
      .split('\n')
      .slice(1)
      .map((line) => line.trim().replace(`${path}:`, ''))
  }
  throw new Error('it was taken')
}

describe('federate.agent.yaml', () => {
  it('says which files are kept, and fills in what is not said', () => {
    expect(parse('  - { path: /run/billing/aws, service: billing, format: shared-credentials }')).toEqual([
      {
        path: '/run/billing/aws',
        service: 'billing',
        of: { target: 's3' },
        format: 'shared-credentials',
        profile: 'billing',
        mode: 0o600,
        place: `${path}:3`,
      },
    ])
  })

  it('takes everything at once; paths start at its folder', () => {
    const [output] = parse(`  - path: out/token
    service: reporting
    audience: api://orders
    format: json
    mode: "0640"
    user: reporting
    group: 1002
    onChange: { signal: SIGHUP, pidFile: ../run/reporting.pid }`)
    expect(output).toEqual({
      path: '/etc/federate/out/token',
      service: 'reporting',
      of: { audience: 'api://orders' },
      format: 'json',
      profile: 'reporting',
      mode: 0o640,
      user: 'reporting',
      group: 1002,
      onChange: { signal: 'SIGHUP', pidFile: '/etc/run/reporting.pid' },
      place: `${path}:3`,
    })
  })

  it('runs a command for 30 seconds, or as long as it says', () => {
    const outputs =
      parse(`  - { path: /a, service: billing, format: json, onChange: { command: [systemctl, reload, billing] } }
  - { path: /b, service: billing, format: json, onChange: { command: [reload], timeout: 2m } }`)
    expect(outputs.map(({ onChange }) => onChange)).toEqual([
      { command: ['systemctl', 'reload', 'billing'], timeout: 30, directory: '/etc/federate' },
      { command: ['reload'], timeout: 120, directory: '/etc/federate' },
    ])
  })

  it('may have several profiles in one file', () => {
    expect(
      parse(`  - { path: /aws, service: billing, format: shared-credentials }
  - { path: /aws, service: billing, format: shared-credentials, profile: second }`),
    ).toHaveLength(2)
  })

  it.each([
    [
      '{ path: /a, service: biling, format: json }',
      '3:26 outputs[0].service: found "biling", expected billing or reporting or api-only; did you mean "billing"?',
    ],
    [
      '{ path: /a, service: reporting, target: s4, format: json }',
      '3:45 outputs[0].target: found "s4", expected s3 or lake.',
    ],
    [
      '{ path: /a, service: reporting, format: json }',
      '3:5 outputs[0]: does not say what is in the file, expected a target (s3 or lake) or an audience.',
    ],
    [
      '{ path: /a, service: api-only, format: json }',
      '3:5 outputs[0]: does not say what is in the file, expected an audience.',
    ],
    [
      '{ path: /a, service: billing, format: jsn }',
      '3:43 outputs[0].format: found "jsn", expected shared-credentials or json; did you mean "json"?',
    ],
    [
      '{ path: /a, service: billing, audience: x, format: env }',
      '3:56 outputs[0].format: found "env", expected token or json.',
    ],
    [
      '{ path: /a, service: billing, format: json, profile: x }',
      '3:49 outputs[0].profile: has no place in the format json; leave it out.',
    ],
    [
      '{ path: /a, service: billing, target: s3, audience: x, format: json }',
      '3:47 outputs[0].audience: cannot stand beside target: a file holds the credentials of a target or a token for an audience.',
    ],
    [
      '{ path: /a/, service: billing, format: json }',
      '3:13 outputs[0].path: found "/a/", expected the path of a file.',
    ],
    [
      '{ path: billing.federate.json, service: billing, format: json }',
      '3:13 outputs[0].path: is a file that the agent reads already; name another one.',
    ],
    [
      '{ path: secrets/billing, service: billing, format: json }',
      '3:13 outputs[0].path: is a file that the agent reads already; name another one.',
    ],
    [
      '{ path: federate.agent.yaml, service: billing, format: json }',
      '3:13 outputs[0].path: is a file that the agent reads already; name another one.',
    ],
    [
      '{ path: /a, service: billing, format: json, mode: "0666" }',
      '3:55 outputs[0].mode: found "0666", expected permissions in quotes, such as "0600" or "0640": the owner may write, its group and others may read at most.',
    ],
    [
      '{ path: /a, service: billing, format: json, mode: 0640 }',
      '3:55 outputs[0].mode: found 0640 (a number), expected permissions in quotes, such as "0600" or "0640": the owner may write, its group and others may read at most; put it in quotes: "0640", because YAML drops the zeros at the beginning of a number.',
    ],
    [
      '{ path: /a, service: billing, format: json, user: "a b" }',
      '3:55 outputs[0].user: found "a b", expected a name such as in /etc/passwd, or a number.',
    ],
    [
      '{ path: /a, service: billing, format: json, onChange: reload }',
      '3:59 outputs[0].onChange: found "reload", expected a map.',
    ],
    [
      '{ path: /a, service: billing, format: json, onChange: { command: [] } }',
      '3:70 outputs[0].onChange.command: found a list, expected at least 1 item.',
    ],
    [
      '{ path: /a, service: billing, format: json, onChange: { signal: SIGKILL, pidFile: /p } }',
      '3:69 outputs[0].onChange.signal: found "SIGKILL", expected "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGTERM" or "SIGINT".',
    ],
    [
      '{ path: /a, service: billing, format: json, onChange: { command: [x], timeout: 30 } }',
      '3:84 outputs[0].onChange.timeout: found 30 (a number), expected a text; put it in quotes: "30".',
    ],
    [
      '{ path: /a, service: billing, format: json, owner: root }',
      '3:49 outputs[0].owner: is an unknown key; known here: path, service, target, audience, format, profile, mode, user, group, onChange.',
    ],
    ['{ path: /a, format: json }', '3:5 outputs[0].service: is missing, expected a text.'],
  ])('refuses %s', (output, problem) => {
    expect(refusal(`  - ${output}`)).toEqual([problem])
  })

  it.each([
    ['json', 'json', '/a', '/b/../a'],
    ['shared-credentials', 'shared-credentials', '/a', '/a'],
    ['shared-credentials', 'json', '/a', '/a'],
  ])('refuses one file for two outputs: %s and %s', (one, other, first, second) => {
    const outputs = `  - { path: ${first}, service: billing, format: ${one} }\n  - { path: ${second}, service: billing, format: ${other} }`
    expect(refusal(outputs)).toEqual(['4:13 outputs[1].path: is the file of outputs[0] already; name another one.'])
  })

  it('gives outputs or an error of its own, whatever stands in it', () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.constant([]), fc.constant('billing'))
    const output = fc.dictionary(
      fc.constantFrom('path', 'service', 'target', 'audience', 'format', 'mode', 'user', 'onChange', 'other'),
      value,
    )
    fc.assert(
      fc.property(fc.array(output), (outputs) => {
        try {
          parseAgentFile(JSON.stringify({ version: 1, outputs }), options)
        } catch (error) {
          expect(error).toBeInstanceOf(FederateError)
        }
      }),
    )
  })
})

describe('reading federate.agent.yaml', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'federate-agent-file-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('says which file is missing', async () => {
    const missing = join(folder, 'none.yaml')
    await expect(readAgentFile({ ...options, path: missing })).rejects.toMatchObject({
      code: 'CONFIG_MISSING',
      problem: `There is no file ${missing}, which should say what files the agent keeps fresh.`,
    })
  })

  it.skipIf(process.platform === 'win32')('refuses one that others can write: it names programs', async () => {
    const open = join(folder, 'open.yaml')
    await writeFile(open, 'version: 1\noutputs: []\n')
    await chmod(open, 0o664)
    await expect(readAgentFile({ ...options, path: open })).rejects.toMatchObject({
      code: 'CONFIG_WRITABLE',
      problem: `${open} can be written by others than its owner (mode 0664), and it names programs that the agent runs.`,
      next: `Check what is in it, then run \`chmod go-w ${open}\`.`,
    })
    await chmod(open, 0o644)
    expect(await readAgentFile({ ...options, path: open })).toEqual({ outputs: [] })
  })
  it.runIf(process.geteuid?.() === 0).each([
    ['{ command: [id] }', 'CONFIG_FOREIGN'],
    ['{ signal: SIGHUP, pidFile: pid }', 'CONFIG_FOREIGN'],
    [undefined, undefined],
  ])("refuses somebody else's, as root, where it says what is run or signalled: %s", async (onChange, code) => {
    const theirs = join(folder, 'theirs.yaml')
    const output = `path: x, service: billing, format: json${onChange === undefined ? '' : `, onChange: ${onChange}`}`
    await writeFile(theirs, `version: 1\noutputs: [{ ${output} }]\n`)
    await chown(theirs, 4321, 4321)
    const reading = readAgentFile({ ...options, path: theirs })
    if (code === undefined) expect((await reading).outputs).toHaveLength(1)
    else
      await expect(reading).rejects.toMatchObject({
        code,
        problem: `${theirs} names programs to run or to signal, and belongs to the user 4321, who is neither this one (0) nor root.`,
      })
  })
})
