import { FederateError, type ServiceFile } from '@federate/core'

/**
 * The targets of a service that a command shall use. SDKs know one endpoint per cloud, so of several targets in one cloud
 * one is to be chosen.
 *
 * @throws FederateError (usage) `TARGET_UNKNOWN`, `TARGET_AMBIGUOUS`
 */
export function chosenTargets(file: ServiceFile, wanted: readonly string[] | undefined): readonly string[] {
  const names = knownTargets(file, wanted)
  const has = namesOf(file)
  if (names.length === 0) throw refusal('TARGET_UNKNOWN', `The service ${file.service} has no target; it has: ${has}.`)
  const clouds = names.map((name) => file.targets[name]?.cloud)
  const twice = clouds.find((cloud, index) => clouds.indexOf(cloud) !== index)
  if (twice === undefined) return names
  const problem = `The service ${file.service} has several targets in ${twice}, and SDKs look in one place: ${has}.`
  throw refusal('TARGET_AMBIGUOUS', problem)
}

/**
 * The targets that are wanted of a service, or all.
 *
 * @throws FederateError (usage) `TARGET_UNKNOWN`
 */
export function knownTargets(file: ServiceFile, wanted: readonly string[] | undefined): readonly string[] {
  const names = wanted ?? Object.keys(file.targets)
  const unknown = names.find((name) => !Object.hasOwn(file.targets, name))
  if (unknown === undefined) return names
  const problem = `The service ${file.service} has no target "${unknown}"; it has: ${namesOf(file)}.`
  throw refusal('TARGET_UNKNOWN', problem)
}

function namesOf({ targets }: ServiceFile): string {
  return Object.keys(targets).join(', ') || 'none'
}

function refusal(code: string, problem: string): FederateError {
  return new FederateError({ code, outcome: 'usage', problem, next: 'Name one of each cloud with --target.' })
}
