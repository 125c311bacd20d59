import { FederateError } from '../errors.ts'
import type { ApiWish, FederateFile, Issuer, ServiceWish, TargetWish } from '../service-file/service.ts'
import { contentFindings, secretFindings } from './content-checks.ts'
import { crossFindings } from './cross-checks.ts'
import { readYaml } from './document.ts'
import { toProblems } from './finding.ts'
import { type ConfigProblem, configInvalid } from './problem.ts'
import { baseSchema, type FederateInput } from './schema.ts'
import { checkTargets, type TargetSchemas } from './targets.ts'
import { wishedClaims } from './wished-claims.ts'
import { checkBySchema } from './zod-findings.ts'

const sizeLimit = 1_048_576

export interface FederateFileOptions {
  /** Absolute path of the file, for messages and relative references. */
  readonly path: string
  /** The schema of each known cloud's targets, by the cloud's name: what `Cloud.wish()` gives. */
  readonly targetSchemas: TargetSchemas
  /** Whether an audience is one by which a cloud takes tokens: no API may have it. Default: none is. */
  readonly isCloudAudience?: ((audience: string) => boolean) | undefined
}

/**
 * Checks the text of federate.yaml and fills its defaults in.
 *
 * @throws FederateError (usage) `CONFIG_INVALID` with all problems in `details.problems` (`ConfigProblem`),
 *   `CONFIG_NOT_YAML`, `CONFIG_EMPTY`, or `CONFIG_TOO_LARGE` above 1 MiB. No error shows a secret that stands in the file.
 */
export function parseFederateFile(text: string, options: FederateFileOptions): FederateFile {
  const checked = checkFederateFile(text, options)
  if (checked.file === undefined) throw configInvalid(options.path, checked.problems)
  return checked.file
}

/** A file that holds, or everything that is wrong in it. */
export type CheckedFederateFile =
  | { readonly file: FederateFile }
  | { readonly file?: undefined; readonly problems: readonly ConfigProblem[] }

/**
 * As `parseFederateFile`, for who wants the problems and not an error: `init` asks again.
 *
 * @throws FederateError (usage) `CONFIG_NOT_YAML`, `CONFIG_EMPTY`, `CONFIG_TOO_LARGE`.
 */
export function checkFederateFile(text: string, options: FederateFileOptions): CheckedFederateFile {
  const { path, targetSchemas, isCloudAudience = () => false } = options
  refuseSize(Buffer.byteLength(text), path)
  const yaml = readYaml(text, path)
  if (yaml.value === null || yaml.value === undefined) throw empty(path)
  const base = checkBySchema(baseSchema, [], yaml)
  const targets = checkTargets(yaml, targetSchemas)
  const findings = [
    ...secretFindings(yaml.value),
    ...contentFindings(yaml),
    ...crossFindings(yaml, isCloudAudience),
    ...targets.findings,
    ...base.findings,
  ]
  if (base.value === undefined || findings.length > 0) return { problems: toProblems(findings, yaml) }
  return { file: toFederateFile(base.value, targets.wishes, path) }
}

/** @throws FederateError (usage) `CONFIG_TOO_LARGE` */
export function refuseSize(bytes: number, path: string): void {
  if (bytes <= sizeLimit) return
  throw new FederateError({
    code: 'CONFIG_TOO_LARGE',
    outcome: 'usage',
    problem: `${path} has ${bytes} bytes, more than the ${sizeLimit} that a federate.yaml may have.`,
    next: 'Check that it is the right file; split a large one by environment, each with a file of its own.',
    details: { path, bytes, limit: sizeLimit },
  })
}

function empty(path: string): FederateError {
  return new FederateError({
    code: 'CONFIG_EMPTY',
    outcome: 'usage',
    problem: `${path} is empty, and a map that begins with "version: 1" was expected.`,
    next: 'Write one with `federate init`.',
    details: { path },
  })
}

function toFederateFile(input: FederateInput, wishes: readonly TargetWish[], path: string): FederateFile {
  const issuers = new Map(Object.entries(input.issuers).map(([name, issuer]) => [name, toIssuer(issuer)]))
  return {
    path,
    owner: input.owner,
    issuers: Object.fromEntries(issuers),
    services: Object.entries(input.services).flatMap(([name, service]) => {
      const issuerName = service.issuer ?? [...issuers.keys()][0]
      const issuer = issuers.get(issuerName ?? '')
      if (issuerName === undefined || issuer === undefined) return []
      const targets = wishes.filter((wish) => wish.service === name)
      return [toService(name, service, { issuerName, issuer, targets })]
    }),
    apis: Object.entries(input.apis).map(([name, api]): ApiWish => ({ name, ...api })),
  }
}

function toIssuer(input: FederateInput['issuers'][string]): Issuer {
  return input.kind === 'keycloak' ? { ...input, audienceAs: 'scope' } : input
}

function toService(
  name: string,
  input: FederateInput['services'][string],
  context: Pick<ServiceWish, 'issuerName' | 'issuer' | 'targets'>,
): ServiceWish {
  const clientId = input.clientId ?? name
  return {
    name,
    ...context,
    clientId,
    subject: input.subject ?? `service-account-${clientId.toLowerCase()}`,
    auth: input.auth,
    claims: { ...input.claims, ...Object.fromEntries(context.targets.flatMap(wishedClaims)) },
    roles: input.roles,
    realmRoles: input.realmRoles,
    clientRoles: input.clientRoles,
    registration: input.registration,
    tokenLifetime: input.tokenLifetime,
    tokenAlgorithm: input.tokenAlgorithm,
    defaultScopes: input.defaultScopes,
  }
}
