import { callContext } from '../context.ts'
import { examine } from '../doctor/examination.ts'
import type { Place } from '../doctor/place.ts'
import { placeText, reportJson, statusOfPlaces, summary } from '../doctor/report.ts'
import { contradiction } from '../flag-refusals.ts'
import { loadService } from '../service.ts'
import type { ServiceFlags } from '../service-flags.ts'
import type { Terminal } from '../terminal.ts'

export interface DoctorOptions extends ServiceFlags {
  /** The service, as the word after the verb. */
  named?: string
  target?: string[]
  json?: boolean
}

/** `federate doctor`: goes a service's whole way, on its own host, and says of each step whether it works. */
export async function doctor(options: DoctorOptions, terminal: Terminal): Promise<number> {
  const service = await loadService(withName(options), terminal)
  const context = callContext(terminal, new AbortController().signal)
  const places: Place[] = []
  for await (const place of examine(service, options.target, context)) {
    if (options.json !== true) terminal.out(placeText(place, places, terminal))
    places.push(place)
  }
  const { service: name } = service.file
  terminal.out(
    options.json === true ? `${JSON.stringify(reportJson(name, places), undefined, 2)}\n` : summary(name, places),
  )
  return statusOfPlaces(places)
}

function withName({ named, ...flags }: DoctorOptions): ServiceFlags {
  if (named === undefined) return flags
  if (flags.service === undefined) return { ...flags, service: named }
  throw contradiction(`The service was named twice: ${named} and --service ${flags.service}.`, 'Leave one of them out.')
}
