import type { CallContext } from '@federate/core'
import { knownTargets } from '../chosen-targets.ts'
import type { LoadedService } from '../service.ts'
import { issuerFetch, tokenSourceOf } from '../token-source.ts'
import { hostPlace } from './host.ts'
import { examineIssuer } from './issuer.ts'
import { Checks, type Place } from './place.ts'
import { targetPlace } from './target.ts'
import { checkToken, type Issuing } from './token.ts'

/** Looks at a service's whole way, from this host to who it is in each cloud; gives each place when it has been looked at. */
export async function* examine(
  service: LoadedService,
  wanted: readonly string[] | undefined,
  context: CallContext,
): AsyncGenerator<Place> {
  const { file, directory, path } = service
  const targets = knownTargets(file, wanted)
  const warnings: string[] = []
  const collecting = { ...context, warn: (message: string) => void warnings.push(message) }
  const withWarnings = (place: Place): Place => ({
    ...place,
    checks: [
      ...place.checks,
      ...warnings.splice(0).map((detail) => ({ rule: 'note', outcome: 'warning' as const, detail })),
    ],
  })
  yield withWarnings(await hostPlace(service, context.env))
  const { place, keys } = await examineIssuer(file, issuerFetch(file, directory, collecting), collecting)
  yield withWarnings(place)
  const issuing: Issuing = { source: tokenSourceOf(file, directory, collecting), keys, now: context.now }
  for (const name of targets) {
    const value = file.targets[name]
    if (value === undefined) continue
    const question = { name, value, where: `${path ?? file.service}: targets.${name}` }
    yield withWarnings(await targetPlace(question, issuing, collecting))
  }
  if (wanted !== undefined) return
  for (const [name, audience] of Object.entries(file.apis ?? {})) {
    yield withWarnings(await tokenPlace(name, audience, issuing))
  }
  if (targets.length === 0 && file.apis === undefined) yield withWarnings(await tokenPlace('token', undefined, issuing))
}

async function tokenPlace(name: string, audience: string | undefined, issuing: Issuing): Promise<Place> {
  const checks = new Checks()
  await checkToken(checks, audience, issuing)
  return { name, about: audience === undefined ? 'for no audience' : 'an own API', checks: checks.all }
}
