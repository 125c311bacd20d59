import type { FederateError, RuntimeTarget } from '@federate/core'
import type { CloudName } from './clouds.ts'
import { type CredentialFlag, credentialFlags, targetFlag } from './credential-flags.ts'
import { contradiction, lonely, missing } from './flag-refusals.ts'

interface PrintingFlags {
  readonly cloud: CloudName
  readonly format?: string
  readonly profile?: string
}

/**
 * Refuses flags of `credentials` that others make meaningless: one that is not looked at is worse than one that is refused.
 *
 * @throws FederateError (usage) `FLAGS_CONTRADICT`, `FLAG_MISSING`.
 */
export function refuseIgnoredFlags(options: PrintingFlags & { readonly target?: string }): void {
  const { cloud, format, profile, target } = options
  const lone = targetFlag(cloud, options)
  if (lone !== undefined && target !== undefined) {
    throw contradiction(
      `--target names a target of the service file, and ${lone} stands for another one.`,
      `Leave --target or ${lone} out.`,
    )
  }
  if (profile !== undefined && format !== undefined) {
    throw contradiction(
      `--profile writes the credentials into a file instead of printing them, so that --format ${format} would mean nothing.`,
      'Leave --profile out to print them, or --format to write them.',
    )
  }
  for (const flag of givenFlags(options)) {
    if (flag.format !== undefined && flag.format !== format) throw otherFormat(flag, format)
    if (flag.ignoredBy !== undefined && flag.ignoredBy === format) throw notInFormat(flag, format)
  }
}

/**
 * As `refuseIgnoredFlags`, for what depends on the target.
 *
 * @throws FederateError (usage) `FLAGS_CONTRADICT`, `FLAG_MISSING`.
 */
export function refuseMeaninglessFlags(options: { readonly cloud: CloudName }, runtime: RuntimeTarget): void {
  for (const flag of givenFlags(options)) {
    const { needs, excludedBy } = flag
    if (excludedBy !== undefined && Reflect.get(runtime, excludedBy) !== undefined) {
      throw contradiction(
        `${nameOf(flag)} means nothing for what is asked for by ${sourceOf(options.cloud, excludedBy)}.`,
        `Leave ${nameOf(flag)} out.`,
      )
    }
    if (needs !== undefined && Reflect.get(runtime, needs) === undefined) {
      const needed = sourceOf(options.cloud, needs)
      throw missing(
        `${nameOf(flag)} means something only together with ${needed}, which the target has not.`,
        `Add ${needed}, or leave ${nameOf(flag)} out.`,
      )
    }
  }
}

function givenFlags(options: { readonly cloud: CloudName }): readonly CredentialFlag[] {
  return credentialFlags[options.cloud].filter(({ name }) => Reflect.get(options, name) !== undefined)
}

function nameOf({ flag }: CredentialFlag): string {
  return flag.split(' ')[0] ?? flag
}

/** The flag by which a field of the target can be given. */
function sourceOf(cloud: CloudName, field: string): string {
  const flag = credentialFlags[cloud].find((one) => one.field === field)
  return flag === undefined ? field : nameOf(flag)
}

function otherFormat(flag: CredentialFlag, format: string | undefined): FederateError {
  const [name, only] = [nameOf(flag), `--format ${flag.format}`]
  if (format === undefined) return lonely([name], only)
  return contradiction(
    `${name} means something only together with ${only}, and --format ${format} was given.`,
    `Give ${only}, or leave ${name} out.`,
  )
}

function notInFormat(flag: CredentialFlag, format: string): FederateError {
  return contradiction(
    `${nameOf(flag)} means nothing with --format ${format}, which hands the issuer's token over to software that exchanges it by itself.`,
    `Leave ${nameOf(flag)} out, or choose another --format.`,
  )
}
