import { BlockList, isIP } from 'node:net'

/**
 * Whether `NO_PROXY` names the host of a URL. Its entries are separated by commas or spaces: a host name (and all below
 * it, with or without a dot or `*.` at its beginning), an address, a range (`10.0.0.0/8`), each with a port if it is meant
 * for that one alone; `*` for everything. What cannot be read is skipped, as everywhere.
 */
export function isExempt(url: URL, noProxy: string): boolean {
  const host = bare(url.hostname)
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => entry !== '' && matches(entry, host, port))
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true
  const range = /^(.+)\/(\d{1,3})$/.exec(entry)
  if (range !== null) return isInRange(host, range[1] ?? '', Number(range[2]))
  const { name, wantedPort } = withoutPort(entry)
  if (wantedPort !== undefined && wantedPort !== port) return false
  if (isIP(name) !== 0 || isIP(host) !== 0) return isInRange(host, name, isIP(name) === 6 ? 128 : 32)
  const domain = name.replace(/^\*?\./, '').replace(/\.$/, '')
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`))
}

/** `host:port`, `[address]:port`; a bare IPv6 address has colons of its own. */
function withoutPort(entry: string): { name: string; wantedPort?: string } {
  const match = /^(\[[^\]]+\]|[^:]+):(\d+)$/.exec(entry)
  if (match === null) return { name: bare(entry) }
  return { name: bare(match[1] ?? ''), wantedPort: match[2] ?? '' }
}

function isInRange(host: string, network: string, prefix: number): boolean {
  const family = isIP(network)
  const address = isIP(host)
  if (family === 0 || address === 0 || prefix > (family === 6 ? 128 : 32)) return false
  const list = new BlockList()
  list.addSubnet(network, prefix, family === 6 ? 'ipv6' : 'ipv4')
  return list.check(host, address === 6 ? 'ipv6' : 'ipv4')
}

function bare(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
}
