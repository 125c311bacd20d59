import { canonicalJson } from '../plan/fingerprint.ts'
import type { JsonValue } from '../plan/resource.ts'
import type { TargetWish } from '../service-file/service.ts'
import { optionalJsonObjectAt } from '../shape.ts'
import type { YamlDocument } from './document.ts'
import type { Finding } from './finding.ts'
import { entriesAt } from './values.ts'

type Claim = readonly [name: string, value: JsonValue]

/** The claims that a target needs in its service's tokens. */
export function wishedClaims({ wish, name }: TargetWish): readonly Claim[] {
  return Object.entries(optionalJsonObjectAt(Object.fromEntries(entriesAt(wish, [])), 'claims', name) ?? {})
}

/** A service has one kind of token: a claim cannot be one thing for one target and another for the next. */
export function claimFindings(wishes: readonly TargetWish[], yaml: YamlDocument): Finding[] {
  const services = new Set(wishes.map(({ service }) => service))
  return [...services].flatMap((service) => {
    const own = entriesAt(yaml.value, ['services', service, 'claims'])
    const seen = new Map(own.map(([name, value]) => [name, { value, place: 'claims' }]))
    return wishes
      .filter((wish) => wish.service === service)
      .flatMap((wish) => wishedClaims(wish).flatMap((claim) => clash(claim, wish, seen)))
  })
}

function clash(
  [name, value]: Claim,
  { service, name: target }: TargetWish,
  seen: Map<string, { readonly value: unknown; readonly place: string }>,
): Finding[] {
  const path = ['services', service, 'targets', target]
  const other = seen.get(name)
  if (other === undefined) seen.set(name, { value, place: `targets.${target}` })
  if (other === undefined || canonicalJson(other.value) === canonicalJson(value)) return []
  const [here, there] = [canonicalJson(value), canonicalJson(other.value)]
  const message = `needs the claim ${name} to be ${here} in the service's tokens, and by ${other.place} it is ${there}: all targets of a service get the same tokens`
  return [{ code: 'CLAIM_CLASH', path, message }]
}
