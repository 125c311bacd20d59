import { join } from 'node:path'
import { targetPath } from '@federate/agent'
import { agentAddress, agentSecret, refuseKilledAgent } from '@federate/agent/daemon'
import { nodeFetch, type ShellFormat, sendRequest, shellLines } from '@federate/core'
import { chosenTargets } from '../chosen-targets.ts'
import { isCloudName, loadCloud } from '../clouds.ts'
import { placeEndpoint } from '../endpoint-files.ts'
import { exitStatus } from '../exit-status.ts'
import { agentPeer, runFolder } from '../run-folder.ts'
import { loadService } from '../service.ts'
import type { Terminal } from '../terminal.ts'

export interface EnvOptions {
  service?: string
  target?: string[]
  shell: 'sh' | 'fish' | 'powershell'
  runFolder?: string
}

const formats: Readonly<Record<EnvOptions['shell'], ShellFormat>> = {
  sh: 'env',
  fish: 'env-fish',
  powershell: 'env-powershell',
}

const removals: Readonly<Record<EnvOptions['shell'], (name: string) => string>> = {
  sh: (name) => `unset ${name}`,
  fish: (name) => `set -e ${name}`,
  powershell: (name) => `Remove-Item Env:${name} -ErrorAction SilentlyContinue`,
}

/** `federate env`: what points the SDKs in a shell at the agent. The secret stays in its file. */
export async function env(options: EnvOptions, terminal: Terminal): Promise<number> {
  const { file, path } = await loadService(options, terminal)
  const folder = runFolder(options.runFolder, terminal)
  const { url } = agentAddress(folder)
  await refuseKilledAgent(folder)
  await refuseSilentAgent(url)
  for (const target of chosenTargets(file, options.target)) {
    const value = file.targets[target]
    if (value === undefined || !isCloudName(value.cloud)) continue
    const cloud = await loadCloud(value.cloud)
    const endpoint = await cloud.endpoint?.()
    if (endpoint === undefined) {
      terminal.note(
        `${file.service}/${target} is left out: the SDKs of ${cloud.name} cannot fetch from a local process.`,
      )
      continue
    }
    const runtime = await cloud.runtime(value, `${path ?? file.service}: targets.${target}`)
    const place = {
      url: `${url}${targetPath(file.service, target)}`,
      secret: agentSecret(folder, file.service),
      folder: join(folder, 'files', encodeURIComponent(file.service), encodeURIComponent(target)),
    }
    const variables = await placeEndpoint(endpoint, place, runtime, terminal.env)
    const removed = endpoint.outranking.filter((name) => !Object.hasOwn(variables, name) && terminal.env[name])
    for (const name of removed) terminal.out(`${removals[options.shell](name)}\n`)
    terminal.out(`${shellLines(formats[options.shell], variables)}\n`)
  }
  return exitStatus.done
}

/** @throws FederateError `AGENT_UNREACHABLE` */
async function refuseSilentAgent(url: string): Promise<void> {
  // No proxy leads to this host itself.
  const fetch = nodeFetch({ environment: {} })
  await sendRequest({ fetch, peer: agentPeer, method: 'GET', url: `${url}/livez`, timeout: 5 })
}
