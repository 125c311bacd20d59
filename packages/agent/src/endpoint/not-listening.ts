import { FederateError } from '@federate/core'

/** A host as it stands before a port: of the ways to write an IPv6 address the one that URLs have (WHATWG URL, section 3.5). */
export function inUrl(host: string): string {
  if (!host.includes(':')) return host
  const bracketed = host.startsWith('[') ? host : `[${host}]`
  return URL.parse(`http://${bracketed}`)?.hostname ?? bracketed
}

/** Why nothing can be served on an address, with the step that helps in each case (bind(2)). */
export function notListening(host: string, port: number, cause: unknown): FederateError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
  const place = `${inUrl(host)}:${port}`
  const taken = code === 'EADDRINUSE'
  return new FederateError({
    code: taken ? 'ENDPOINT_PORT_TAKEN' : 'ENDPOINT_NOT_LISTENING',
    outcome: 'failed',
    problem: taken
      ? `Another process listens on ${place} already.`
      : `Nothing can be served on ${place} (${code}${reasons[code] ?? ''}).`,
    next: adviceFor(code, port),
    details: { systemCode: code },
    cause,
  })
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: ': this user may not',
  EADDRNOTAVAIL: ': this host has no such address',
}

function adviceFor(code: string, port: number): string {
  if (code === 'EADDRINUSE') return 'End the other process, or name another address with --listen.'
  if (code === 'EADDRNOTAVAIL')
    return 'Name an address of this host with --listen; 0.0.0.0 and [::] stand for all of them.'
  if (code === 'EACCES' && port < 1024)
    return 'Name a port from 1024 up with --listen, or give the process CAP_NET_BIND_SERVICE, as the unit of `federate agent --unit` does.'
  return 'Name another address with --listen.'
}
