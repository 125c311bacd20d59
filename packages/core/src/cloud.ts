import type { ZodType } from 'zod'
import type { Endpoint } from './endpoint.ts'
import type { Fetch, Now } from './network/fetch.ts'
import type { Discovery, JsonValue, Outputs, Resource } from './plan/resource.ts'
import type { AuthReference, RuntimeTarget, ServiceWish, TargetWish } from './service-file/service.ts'
import type { Token } from './tokens/token.ts'
import type { TokenSource } from './tokens/token-source.ts'
import type { ExaminedToken, SignatureState, Verdict } from './verdict.ts'

/** What the outside gives to everything that calls out or waits. */
export interface CallContext {
  readonly signal: AbortSignal
  readonly now: Now
  readonly fetch: Fetch
  /** Environment variables; never read from a global. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** A sentence for people that is no failure. */
  readonly warn: (message: string) => void
}

/** What an administrator asks of one cloud: the trust for these services. */
export interface TrustRequest<Wish = unknown, Access = unknown> {
  readonly owner: string
  readonly services: readonly ServiceWish[]
  /** The targets of this cloud among them. */
  readonly targets: readonly TargetWish<Wish>[]
  /** How this administrator reaches the cloud: its part of federate.admin.yaml. Default: as the cloud's own tools do. */
  readonly access?: Access | undefined
  /** Where relative paths in the wishes start. Default: the current folder. */
  readonly directory?: string | undefined
  readonly context: CallContext
}

/** A cloud's side of the trust, ready to be planned. */
export interface Trust<Wish = unknown, Runtime extends RuntimeTarget = RuntimeTarget> extends Discovery {
  readonly resources: readonly Resource[]
  /** What a service needs at run time, from what was planned or applied. */
  resolve(target: TargetWish<Wish>, outputs: Outputs): Runtime
}

/** Credentials of any cloud; each cloud's own type says more. */
export interface CloudCredentials {
  readonly expiresAt: Date
  /** Who one is in the cloud with them, for people: an ARN, a service account. */
  readonly identity: string
}

/** A token that is to be judged, and what is at hand of the keys behind it. */
export interface TokenQuestion {
  readonly token: ExaminedToken
  /** The text of a JWKS: the keys that the issuer publishes. */
  readonly publishedKeys?: string | undefined
  /** Checks the token's signature against the text of another JWKS: some clouds keep a copy of the issuer's keys. */
  checkSignature?(jwks: string): Promise<SignatureState>
  readonly now: Date
}

/** What `explain` is asked: would this cloud accept this token for this target? */
export interface Question<Wish = unknown> extends TokenQuestion {
  readonly owner: string
  readonly service: ServiceWish
  readonly target: TargetWish<Wish>
}

/** A file with trust as the cloud's own tools print it. */
export interface TrustFile {
  /** For messages. */
  readonly path: string
  readonly text: string
}

/** What `explain` is asked of trust that anybody made: nothing but files and values, by the names of their flags. */
export interface FileQuestion extends TokenQuestion {
  readonly files: ReadonlyMap<string, TrustFile>
  readonly values: ReadonlyMap<string, string>
}

/** What `explain` is asked of trust as it stands in the cloud at this moment. */
export interface LiveQuestion<Wish = unknown, Access = unknown> extends TokenQuestion {
  /** The target of federate.yaml; without one, `values` say what it is about. */
  readonly wanted?: Pick<Question<Wish>, 'owner' | 'service' | 'target'>
  /** By the names of the cloud's flags. */
  readonly values: ReadonlyMap<string, string>
  readonly access?: Access | undefined
  readonly context: CallContext
}

/** A file from which software reads its credentials. */
export interface FilePlace {
  /** For messages. */
  readonly path: string
  /** What is in it now; empty where it is not there. */
  readonly before: string
  /** For formats with profiles: which one it shall be. */
  readonly profile: string
  readonly now: Now
}

/**
 * How software reads credentials, or the issuer's token which it exchanges itself, from a file that is kept fresh.
 * `text` throws a FederateError where the file holds what may not be replaced.
 */
export type FileFormat<
  Runtime extends RuntimeTarget = RuntimeTarget,
  Credentials extends CloudCredentials = CloudCredentials,
> = {
  /** Whether the file may hold other things besides, which stay: profiles of other services. Default: it is one text. */
  readonly profiles?: boolean
} & (
  | { readonly holds: 'credentials'; text(credentials: Credentials, runtime: Runtime, place: FilePlace): string }
  | { readonly holds: 'token'; text(token: Token, runtime: Runtime, place: FilePlace): string }
)

/** Named profiles in files that a cloud's own tools share. */
export interface Profiles<Credentials extends CloudCredentials = CloudCredentials> {
  /** Puts credentials into a profile; gives the file's path. */
  store(credentials: Credentials, profile: string, context: CallContext): Promise<string>
}

/** What `configure` is to write. */
export interface ConfigurationWish<Runtime extends RuntimeTarget = RuntimeTarget> {
  readonly service: string
  /** The target's name. */
  readonly target: string
  readonly runtime: Runtime
  /** How the service proves who it is: where its tokens are files already, nothing has to be run. */
  readonly auth: AuthReference
  /** Where relative paths of the service file start. */
  readonly directory: string
  /** The words that print this target's credentials: the runtime, this command, its arguments; all paths are absolute. */
  readonly command: readonly string[]
  /** By the names of the cloud's flags; paths are absolute. */
  readonly flags: Readonly<Record<string, string>>
}

/** A file that was written so that a cloud's own tools find their credentials, and what will keep them from it. */
export interface Configured {
  readonly path: string
  /** What it is, for people: `profile billing`. */
  readonly what: string
  readonly changed: boolean
  readonly warnings: readonly string[]
  /** What to set so that it is used, as lines for a shell. */
  readonly environment: Readonly<Record<string, string>>
  /** What to run besides, as lines for a shell: tools that read no variables, files that want to be renewed. Default: nothing. */
  readonly commands?: readonly string[]
}

/** For software that exchanges tokens by itself, and runs a command only to get the issuer's. */
export interface HandOver<Runtime extends RuntimeTarget = RuntimeTarget> {
  /** The token in that software's words. @throws FederateError where it asks for another target's. */
  answer(token: Token, runtime: Runtime, context: CallContext): Promise<string>
  /** What is printed instead of an error; the exit status is then 0, and stderr stays empty. */
  refusal(error: unknown): string
}

/**
 * A cloud as the command and the agent see it. Every member loads its room when it is first used.
 *
 * Members are methods so that `Cloud<AwsWish, …>` fits where any `Cloud` is wanted: what goes in was made by the same
 * cloud's schema.
 */
export interface Cloud<
  Wish = unknown,
  Runtime extends RuntimeTarget = RuntimeTarget,
  Credentials extends CloudCredentials = CloudCredentials,
  Access = unknown,
> {
  /** As in federate.yaml's `cloud:` and on the command line. */
  readonly name: string
  /** The schema of a target in federate.yaml, without its `cloud` key. Unknown keys are errors. */
  wish(): Promise<ZodType<Wish>>
  /** The schema of the cloud's part of federate.admin.yaml, for clouds that have one. */
  access?(): Promise<ZodType<Access>>
  trust(request: TrustRequest<Wish, Access>): Promise<Trust<Wish, Runtime>>
  /** Checks one target of a service file, without zod: this is on the path of every credential. */
  runtime(value: unknown, where: string): Promise<Runtime>
  /** The audience that a target of federate.yaml will need; known before anything exists. */
  wishedAudience(target: TargetWish<Wish>, service: ServiceWish): Promise<string | undefined>
  /** The audience that the token must be issued for. */
  audience(runtime: Runtime): string | undefined
  exchange(runtime: Runtime, source: TokenSource, context: CallContext): Promise<Credentials>
  /** The environment variables that shape what an exchange gives: a region, another endpoint. Default: none. */
  readonly environment?: readonly string[]
  /** For clouds whose credentials may be kept on disk: everything they hold, as plain JSON. Secret. */
  toRecord?(credentials: Credentials): Promise<JsonValue>
  /** Reads what `toRecord` made. @throws FederateError when it is something else. */
  fromRecord?(record: unknown): Promise<Credentials>
  /** Whether a refused exchange may pass by itself in the first minute after its trust was made or changed. */
  isPropagating(error: unknown): boolean
  /** How long that may take, in seconds. Default: 60. */
  readonly propagationTime?: number
  /** How many exchanges in a row show that it is over: some clouds forget again what they knew. Default: 1. */
  readonly steadyAfter?: number
  /** Proves that credentials work: asks the cloud who one is with them. */
  identify(credentials: Credentials, runtime: Runtime, context: CallContext): Promise<string>
  explain(question: Question<Wish>): Promise<Verdict>
  /** As `explain`, for trust of any author's making. Not every cloud can be asked so. */
  explainFiles?(question: FileQuestion): Promise<Verdict>
  /** As `explain`, by what the cloud itself says of the trust; reads, and changes nothing. */
  explainLive?(question: LiveQuestion<Wish, Access>): Promise<Verdict>
  /** How credentials reach unmodified software; the first format is the default. */
  readonly formats: readonly string[]
  /** Renders credentials in one of `formats`. */
  format(name: string, credentials: Credentials, runtime: Runtime): Promise<string>
  /** Those of `formats` that give out what may be dead before the credentials are: they are obtained anew. Default: none. */
  readonly uncachedFormats?: readonly string[]
  /** How software reads credentials from files, by the format's name. */
  fileFormats(): Promise<Readonly<Record<string, FileFormat<Runtime, Credentials>>>>
  /** For clouds whose SDKs can fetch credentials from a process on their host. */
  endpoint?(): Promise<Endpoint<Runtime, Credentials>>
  /** Where its SDKs would find a stored key in this environment, for people: it would win over what is lent. */
  storedKeys(env: CallContext['env']): Promise<readonly string[]>
  /** For clouds whose tools know profiles that hold credentials. */
  profiles?(): Promise<Profiles<Credentials>>
  /** For clouds whose tools can be told by a file where to get credentials. */
  configure?(wish: ConfigurationWish<Runtime>, context: CallContext): Promise<Configured>
  /** The format of `credentials` that hands over the issuer's token instead. */
  readonly handOverFormat?: string
  handOver?(): Promise<HandOver<Runtime>>
}
