import { Loan, type LoanOptions } from '@federate/agent'
import { type OutputContent, tokenJson } from '@federate/agent/daemon'
import type { Cloud, CloudCredentials, FileFormat, Now, RuntimeTarget, Token, TokenSource } from '@federate/core'
import type { OutputWish } from '@federate/core/config'

/** A cloud, with how software reads its credentials from files. */
export interface CloudOfFiles {
  readonly cloud: Cloud
  readonly formats: Readonly<Record<string, FileFormat>>
}

/** What a file is made of. */
export interface OutputSource {
  readonly content: () => Promise<OutputContent>
  /** Whether the file may hold other things besides. */
  readonly shared: boolean
  /** Told whenever there is something newer. */
  whenRenewed(listener: () => void): void
}

/** A target as its files see it. */
interface FileTarget {
  readonly target: string
  readonly runtime: RuntimeTarget
  readonly loan: Loan<CloudCredentials>
  readonly cloud: string
}

export interface FileService {
  readonly name: string
  readonly targets: readonly FileTarget[]
  readonly tokens: KeptTokens
  readonly now: Now
}

/**
 * Azure's libraries for Python and Go keep for ten minutes what they have read in a token file: that much is left of a token
 * of twenty, whenever they read it.
 */
const renewBy = 0.5

/** The tokens of a service that are kept for its files: one for each audience, however many files it is in. */
export class KeptTokens {
  readonly #loans = new Map<string | undefined, Loan<Token>>()
  readonly #make: (name: string, audience: string | undefined) => Loan<Token>

  constructor(source: TokenSource, now: Now, onRenewal: NonNullable<LoanOptions<Token>['onRenewal']>) {
    this.#make = (name, audience) =>
      new Loan<Token>({ name, now, onRenewal, renewBy, obtain: obtainer(source, audience, now) })
  }

  get loans(): readonly Loan<Token>[] {
    return [...this.#loans.values()]
  }

  /** @param name As people shall call it, unless it is kept by another name already. */
  for(name: string, audience: string | undefined): Loan<Token> {
    const loan = this.#loans.get(audience) ?? this.#make(name, audience)
    this.#loans.set(audience, loan)
    return loan
  }
}

function obtainer(source: TokenSource, audience: string | undefined, now: Now): LoanOptions<Token>['obtain'] {
  return async ({ newerThan, signal }) => {
    const obtainedAt = now()
    const forceRefresh = newerThan !== undefined
    const value = await source.getToken({ ...(audience === undefined ? {} : { audience }), forceRefresh, signal })
    return { value, obtainedAt }
  }
}

/** Of a target: its credentials, or the token that its cloud takes. Of an audience: a token for an own API. */
export function outputSource(
  wish: OutputWish,
  service: FileService,
  clouds: ReadonlyMap<string, CloudOfFiles>,
): OutputSource {
  const { of, format: name, path, profile } = wish
  const { now } = service
  if ('audience' in of) {
    const token = service.tokens.for(`${service.name} for ${of.audience}`, of.audience)
    return sourceOf(token, (value) => (name === 'json' ? `${tokenJson(value)}\n` : value.reveal()), false)
  }
  const target = service.targets.find((one) => one.target === of.target)
  const { cloud, formats } = clouds.get(target?.cloud ?? '') ?? {}
  const format = formats?.[name]
  if (target === undefined || cloud === undefined || format === undefined) throw new Error('checked when it was read')
  const { runtime, loan } = target
  const { profiles: shared = false } = format
  const place = (before: string) => ({ path, before, profile, now })
  if (format.holds === 'credentials') {
    return sourceOf(loan, (value, before) => format.text(value, runtime, place(before)), shared)
  }
  const token = service.tokens.for(`${service.name}/${of.target} (token)`, cloud.audience(runtime))
  return sourceOf(token, (value, before) => format.text(value, runtime, place(before)), shared)
}

function sourceOf<T extends { readonly expiresAt: Date }>(
  loan: Loan<T>,
  text: (value: T, before: string) => string,
  shared: boolean,
): OutputSource {
  return {
    content: async () => {
      const value = await loan.get()
      return { expiresAt: value.expiresAt, text: (before) => text(value, before) }
    },
    shared,
    whenRenewed: (listener) => loan.whenRenewed(listener),
  }
}
