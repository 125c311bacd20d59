import type { ServiceFile } from './service.ts'

/** The text of a service file: JSON whose keys always stand in the same order, so that a second run changes nothing. */
export function formatServiceFile(file: ServiceFile): string {
  const { version, service, issuer, clientId, auth, targets, apis } = file
  const { url, kind, ...others } = issuer
  const ordered = {
    version,
    service,
    issuer: { url, kind, ...sortedFields(others) },
    clientId,
    auth: { method: auth.method, ...sortedFields(auth) },
    targets: Object.fromEntries(
      inOrder(targets).map(([name, target]) => [name, { cloud: target.cloud, ...sortedFields(target) }]),
    ),
    ...(apis === undefined ? {} : { apis: sortedFields(apis) }),
  }
  return `${JSON.stringify(ordered, null, 2)}\n`
}

function sortedFields(fields: object): Record<string, unknown> {
  return Object.fromEntries(inOrder(fields).map(([key, value]) => [key, sorted(value)]))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  return typeof value === 'object' && value !== null ? sortedFields(value) : value
}

function inOrder<T>(fields: Readonly<Record<string, T>> | object): [string, T][] {
  return Object.entries<T>({ ...fields }).sort(([left], [right]) => (left < right ? -1 : 1))
}
