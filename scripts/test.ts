import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

/** One section of `npm test`: a tool, or a vitest project whose tests are counted one by one. */
interface Section {
  readonly command: readonly string[]
  readonly needsBuild?: true
  readonly counted?: true
}

interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** What failed, and with which message: said again at the end, where it is found in a log that was cut. */
  readonly failures: readonly string[]
}

/** The part of vitest's JSON report that is read here. */
interface Report {
  readonly numPassedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

const root = join(import.meta.dirname, '..')

const sections: Readonly<Record<string, Section>> = {
  typecheck: { command: ['tsc', '--noEmit'] },
  lint: { command: ['biome', 'check', '--error-on-warnings'] },
  knip: { command: ['knip'] },
  build: { command: ['tsdown', '--logLevel', 'warn'] },
  unit: { command: ['vitest', 'run', '--project', 'unit'], counted: true },
  structure: { command: ['vitest', 'run', '--project', 'structure'], counted: true },
  system: { command: ['vitest', 'run', '--project', 'system'], counted: true, needsBuild: true },
  packed: { command: ['vitest', 'run', '--project', 'packed'], counted: true, needsBuild: true },
}

/** The sections asked for, in their order, with the build where one of them needs it. */
function select(names: readonly string[]): [string, Section][] {
  const unknown = names.find((name) => !Object.hasOwn(sections, name))
  if (unknown !== undefined) {
    throw new Error(`No section is called '${unknown}'. There are: ${Object.keys(sections).join(', ')}.`)
  }
  const wanted = new Set(names.length === 0 ? Object.keys(sections) : names)
  if ([...wanted].some((name) => sections[name]?.needsBuild === true)) wanted.add('build')
  return Object.entries(sections).filter(([name]) => wanted.has(name))
}

function runSection(section: Section, scratch: string): Counts {
  const report = join(scratch, 'report.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const [tool = '', ...rest] = [...section.command, ...(section.counted ? reporters : [])]
  const path = [join(root, 'node_modules', '.bin'), process.env['PATH']].join(delimiter)
  const { status, error } = spawnSync(tool, rest, { cwd: root, stdio: 'inherit', env: { ...process.env, PATH: path } })
  if (error !== undefined) console.error(error.message)
  const counts = section.counted ? readCounts(report) : countTool(tool, status)
  // A tool that failed without a failed test to show for it is a failure itself.
  const silent = status !== 0 && counts.failed === 0
  return silent ? { ...counts, failed: 1, failures: [`${tool} ended with status ${status}`] } : counts
}

function countTool(tool: string, status: number | null): Counts {
  if (status === 0) return { passed: 1, failed: 0, skipped: 0, failures: [] }
  return { passed: 0, failed: 1, skipped: 0, failures: [`${tool} ended with status ${status}`] }
}

function readCounts(path: string): Counts {
  if (!existsSync(path)) return { passed: 0, failed: 1, skipped: 0, failures: ['vitest left no report'] }
  const report: Report = JSON.parse(readFileSync(path, 'utf8'))
  rmSync(path)
  const failures = report.testResults.flatMap(describeFailures)
  return {
    passed: report.numPassedTests,
    failed: failures.length,
    skipped: report.numPendingTests + report.numTodoTests,
    failures,
  }
}

function describeFailures(file: Report['testResults'][number]): string[] {
  const failed = file.assertionResults.filter(({ status }) => status === 'failed')
  const name = relative(root, file.name)
  // A file that failed without a failed test did so before its tests, or after them.
  if (failed.length === 0) return file.status === 'failed' ? [`${name}\n${indent(file.message)}`] : []
  return failed.map((test) => `${name}: ${test.fullName}\n${indent(test.failureMessages.join('\n'))}`)
}

function indent(message: string): string {
  const lines = stripVTControlCharacters(message).split('\n')
  const own = lines.filter((line) => !line.includes('/node_modules/')).slice(0, 30)
  return own.map((line) => `    ${line.slice(0, 500)}`).join('\n')
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`
}

function main(): void {
  const started = performance.now()
  const scratch = mkdtempSync(join(tmpdir(), 'federate-test-'))
  const results = select(process.argv.slice(2)).map(([name, section]) => {
    console.log(`\n== ${name}: ${section.command.join(' ')}`)
    const begun = performance.now()
    const counts = runSection(section, scratch)
    return { name, counts, time: seconds(begun) }
  })
  rmSync(scratch, { recursive: true })

  console.log('\n== summary')
  for (const { name, counts, time } of results) {
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''
    console.log(
      `${counts.failed > 0 ? 'FAILED' : 'ok    '} ${name}: ${counts.passed} passed, ${counts.failed} failed${skipped} (${time})`,
    )
  }
  for (const { name, counts } of results) {
    for (const failure of counts.failures) console.log(`\nFAILED in ${name}: ${failure}`)
  }
  const passed = results.reduce((sum, { counts }) => sum + counts.passed, 0)
  const failed = results.reduce((sum, { counts }) => sum + counts.failed, 0)
  console.log(`total time ${seconds(started)}; a section that is no test suite counts as one`)
  console.log(`${passed} passed, ${failed} failed`)
  process.exitCode = failed > 0 ? 1 : 0
}

main()
