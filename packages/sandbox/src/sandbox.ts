import { type FederateFile, type Fetch, type Now, nodeFetch } from '@federate/core'
import { type CloudControls, serveClouds } from './clouds.ts'
import { type SandboxIssuers, serveIssuers } from './issuers.ts'
import { keepFiles } from './kept-files.ts'
import { RunningParts } from './running-parts.ts'
import { prepareCredentials } from './service-credentials.ts'
import { assertionFilesOf, tokenFilesOf } from './token-files.ts'

export interface SandboxOptions {
  readonly file: FederateFile
  /** Whether the issuers of the file are served; without, they must be there already. Default: true. */
  readonly issuers?: boolean
  /** Told what was made and where things are served. Default: nobody. */
  readonly log?: (message: string) => void
  /** Ports of clouds on 127.0.0.1. Default: free ones. */
  readonly ports?: Readonly<Partial<Record<keyof CloudControls, number>>>
  /** Where services' credentials are looked up. Default: the process's environment. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Default: `Date.now`. */
  readonly now?: Now
  /** By which the sandbox's clouds read issuers' keys. Default: core's transport on `node:https`. */
  readonly fetch?: Fetch
}

export interface Sandbox extends CloudControls {
  /** What points SDKs and the command at the sandbox, and credentials that were made for the environment. */
  readonly env: Readonly<Record<string, string>>
  /**
   * Variables that would win over `env`, be mixed with it, or lead elsewhere: a program that shall use the sandbox must not
   * have them. `isInTheWay` reads the list: some entries end with `*`.
   */
  readonly inTheWay: readonly string[]
  readonly issuer: Pick<SandboxIssuers, 'realm'>
  /**
   * Lets the administrator of `env` reach all accounts that the file speaks of. What comes of it is the content of a
   * federate.admin.yaml, by the clouds' names; empty where everything is in reach without one.
   */
  reach(): Readonly<Record<string, unknown>>
  close(): Promise<void>
}

/**
 * Starts the issuers and the clouds of federate.yaml on loopback. Credentials that services miss are made.
 *
 * @throws FederateError `SANDBOX_ISSUER_URL` for an issuer that cannot be served on this machine, `SANDBOX_PORT_TAKEN`,
 *   `SANDBOX_REALM_INVALID`, and the errors of `prepareCredentials`. Nothing keeps running then.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const parts = new RunningParts()
  try {
    const { realm, env } = options.issuers === false ? withoutIssuers : await startIssuers(options, parts)
    const clouds = await startClouds(options, parts)
    return {
      env: Object.assign({}, env, ...Object.values(clouds).map((cloud) => cloud.env)),
      inTheWay: Object.values(clouds).flatMap((cloud) => cloud.inTheWay),
      issuer: { realm },
      reach: () => reachOf(clouds),
      aws: clouds.aws.control,
      gcp: clouds.gcp.control,
      azure: clouds.azure.control,
      close: () => parts.close(),
    }
  } catch (error) {
    await parts.close()
    throw error
  }
}

function reachOf(clouds: Awaited<ReturnType<typeof serveClouds>>): Readonly<Record<string, unknown>> {
  const parts = Object.entries(clouds).map(([name, { reach }]) => [name, reach?.()] as const)
  return Object.fromEntries(parts.filter(([, part]) => part !== undefined))
}

function startClouds(options: SandboxOptions, parts: RunningParts): ReturnType<typeof serveClouds> {
  const { file, now = Date.now, fetch = nodeFetch(), log = () => undefined } = options
  return serveClouds(async (name, serve) => {
    const served = parts.add(await serve(file, { now, fetch, port: options.ports?.[name] }))
    log(`${served.label} is at ${served.endpoint}.`)
    return served
  })
}

interface StartedIssuers {
  readonly realm: SandboxIssuers['realm']
  readonly env: Readonly<Record<string, string>>
}

const withoutIssuers: StartedIssuers = { realm: () => undefined, env: {} }

async function startIssuers(options: SandboxOptions, parts: RunningParts): Promise<StartedIssuers> {
  const { file, now = Date.now, log = () => undefined } = options
  const credentials = await prepareCredentials(file, options)
  const { realm } = parts.add(await serveIssuers(file, credentials, now))
  const files = [...tokenFilesOf(file, realm), ...assertionFilesOf(file, credentials.workloads, now)]
  parts.add(await keepFiles(file, files, log))
  for (const issuer of Object.values(file.issuers)) log(`The issuer is at ${issuer.url}.`)
  // Whoever administers Keycloak learns that there is none to administer.
  return { realm, env: { ...credentials.env, FEDERATE_SANDBOX: 'issuers' } }
}
