const privateSuffixes = ['.localhost', '.local', '.internal', '.home.arpa', '.test', '.invalid', '.onion']

type Octets = readonly [number, number, number, number]

/** Whether a URL's host is this machine: 127.0.0.0/8, ::1 or localhost. Takes a host as `URL.hostname` gives it. */
export function isLoopbackHost(hostname: string): boolean {
  const host = bareHost(hostname)
  const octets = ipv4(host)
  if (octets !== undefined) return octets[0] === 127
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1'
}

/**
 * Whether a URL's host is one that a public cloud cannot reach: loopback, private (RFC 1918), shared (RFC 6598),
 * link-local and unique local addresses, names without a dot, and names that public DNS never holds (`.local`,
 * `.internal`, `.home.arpa`, `.test` and the like). A public name may still lead to a private address; DNS is not asked.
 */
export function isPrivateHost(url: string): boolean {
  const host = bareHost(new URL(url).hostname)
  const octets = ipv4(host)
  if (octets !== undefined) return isPrivateIpv4(octets)
  if (host.includes(':')) return isPrivateIpv6(host)
  return !host.includes('.') || privateSuffixes.some((suffix) => host.endsWith(suffix))
}

/**
 * The addresses that a cloud must reach from the internet to verify an issuer's tokens: its discovery document and its
 * keys. Nothing else of the issuer needs to be public. Without `jwksUri`, Keycloak's path is used where the issuer looks
 * like a realm; for other issuers only the first is known.
 */
export function publicPaths(issuer: string, jwksUri?: string): readonly string[] {
  const discovery = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const jwks = jwksUri ?? (/\/realms\/[^/]+$/.test(issuer) ? `${issuer}/protocol/openid-connect/certs` : undefined)
  return jwks === undefined ? [discovery] : [discovery, jwks]
}

function bareHost(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
}

/** `URL` has already brought every notation (hexadecimal, short, mapped into IPv6) into one. */
function ipv4(host: string): Octets | undefined {
  const dotted = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(host)
  if (dotted !== null) return [Number(dotted[1]), Number(dotted[2]), Number(dotted[3]), Number(dotted[4])]
  const mapped = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(host)
  if (mapped === null) return undefined
  const [high, low] = [Number.parseInt(mapped[1] ?? '', 16), Number.parseInt(mapped[2] ?? '', 16)]
  return [high >> 8, high & 255, low >> 8, low & 255]
}

function isPrivateIpv4([a, b]: Octets): boolean {
  if (a === 0 || a === 10 || a === 127) return true
  if (a === 100) return b >= 64 && b <= 127
  if (a === 172) return b >= 16 && b <= 31
  return (a === 169 && b === 254) || (a === 192 && b === 168)
}

/** RFC 4291 (loopback, unspecified, link-local fe80::/10), RFC 4193 (unique local fc00::/7). */
function isPrivateIpv6(host: string): boolean {
  return host === '::1' || host === '::' || /^f[cd][\da-f]{2}:/.test(host) || /^fe[89ab][\da-f]:/.test(host)
}
