import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Place, Ran } from '../cli/harness.ts'
import { RunningAgent } from '../cli/running-agent.ts'

/** Runs a program and its arguments. */
type Run = (program: readonly string[]) => Promise<Ran>

/** The ways in which software that knows nothing of federate is given the credentials of the service billing. */
export interface Delivery {
  /** Inside `federate exec`. */
  readonly exec: Run
  /** In a shell that `federate env` has pointed at a running agent. */
  readonly agent: Run
  close(): Promise<void>
}

const file = 'billing.federate.json'
/** What is the administrator's, not the service's. */
const administrators = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'CLOUDSDK_AUTH_ACCESS_TOKEN']

/** @param cloud whose package has the SDK that programs of Node `require`. */
export async function delivery(place: Place, cloud: 'aws' | 'gcp', more: Record<string, string>): Promise<Delivery> {
  const agent = RunningAgent.start(place, 'ways-in', [file])
  await agent.ready()
  const { stdout: variables } = await agent.run(`env -s ${file}`)
  const modules = fileURLToPath(new URL(`../../packages/${cloud}/node_modules`, import.meta.url))
  const own = { HOME: place.folder, NODE_PATH: modules, ...more }
  const clouds = Object.entries(place.sandbox.env).filter(([name]) => !administrators.includes(name))
  const env = { PATH: process.env['PATH'], ...Object.fromEntries(clouds), ...own }
  return {
    exec: (program) => place.asService(['exec', '-s', file, '--', ...program], { env: own }),
    agent: (program) => runProgram('sh', ['-c', `${variables}\nexec "$@"`, 'sh', ...program], env),
    close: async () => void (await agent.end()),
  }
}

function runProgram(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(program, args, { env }, (error, stdout, stderr) => {
      resolve({ status: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, stdout, stderr })
    })
  })
}
