import type { FederateFile, Fetch, Now } from '@federate/core'

/** What every cloud of the sandbox is given. */
export interface CloudOptions {
  readonly now: Now
  /** By which the cloud reads issuers' keys. */
  readonly fetch: Fetch
  /** On 127.0.0.1. Default: a free one. */
  readonly port?: number | undefined
}

/** One cloud of the sandbox, while it is served. */
export interface ServedCloud<Control> {
  /** For messages: `AWS`. */
  readonly label: string
  /** Where it is served. */
  readonly endpoint: string
  /** What points the cloud's own tools and the command at it, as an administrator. */
  readonly env: Readonly<Record<string, string>>
  /** Variables that would win over `env` in the tools' own chains, be mixed with it, or lead elsewhere; see `isInTheWay`. */
  readonly inTheWay: readonly string[]
  /**
   * Lets the administrator of `env` reach all that the file speaks of, and gives what federate.admin.yaml must say of this
   * cloud for that. Default: all is in reach.
   */
  reach?(): unknown
  /** By which tests look into the cloud and disturb it. */
  readonly control: Control
  close(): Promise<void>
}

/** Serves one cloud with what the targets of federate.yaml need of it. */
export type ServeCloud<Control> = (file: FederateFile, options: CloudOptions) => Promise<ServedCloud<Control>>

/** The different values of one text in the targets of one cloud; what a wish looks like is the cloud's own business. */
export function wishedTexts(file: FederateFile, cloud: string, name: string): string[] {
  return [...new Set(wishesOf(file, cloud).flatMap((wish) => textIn(wish, name) ?? []))]
}

/** What the targets of one cloud wish, as its schema made it. */
export function wishesOf(file: FederateFile, cloud: string): unknown[] {
  const targets = file.services.flatMap((service) => service.targets)
  return targets.filter((target) => target.cloud === cloud).map(({ wish }) => wish)
}

export function textIn(wish: unknown, name: string): string | undefined {
  const value: unknown = typeof wish === 'object' && wish !== null ? Reflect.get(wish, name) : undefined
  return typeof value === 'string' ? value : undefined
}
