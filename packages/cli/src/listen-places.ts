import { isIP } from 'node:net'
import { resolve } from 'node:path'
import type { EndpointServerOptions, TlsFiles } from '@federate/agent'
import { FederateError, isLoopbackHost, printable } from '@federate/core'

export interface ListenFlags {
  /** Default: 127.0.0.1:9912. */
  listen?: readonly string[]
  tlsCert?: string
  tlsKey?: string
  tlsClientCa?: string
  host?: readonly string[]
}

/**
 * Where the agent listens: on loopback by http, on addresses that other hosts reach by TLS only.
 *
 * @throws FederateError (usage) `LISTEN_INVALID`, `HOST_INVALID`, `LISTEN_WITHOUT_TLS`, `LISTEN_WITHOUT_HOST`, `TLS_FLAGS`.
 */
export function listenPlaces(
  flags: ListenFlags,
  cwd: string,
  warn: (message: string) => void,
): readonly EndpointServerOptions[] {
  const addresses = listened(flags).map(addressOf)
  for (const name of flags.host ?? []) refuseNoHost(name)
  const files = tlsFiles(flags, cwd)
  const outside = addresses.find(({ host }) => !isLoopbackHost(host))
  if (outside === undefined && (files !== undefined || flags.host !== undefined)) throw needless(flags)
  return addresses.map((address) => {
    if (isLoopbackHost(address.host)) return address
    if (files === undefined) throw withoutTls(address)
    const names = namesOf(address, flags)
    // Whoever names it otherwise has no need of a certificate that names the address, too.
    return { ...address, names, tls: { files, names: flags.host ?? names, warn } }
  })
}

/** The addresses as they were given. */
export function listened({ listen = ['127.0.0.1:9912'] }: ListenFlags): readonly string[] {
  return listen
}

interface Address {
  readonly host: string
  readonly port: number
}

function addressOf(text: string): Address {
  const [, host = '', port = ''] = /^(.+):(\d{1,5})$/.exec(text) ?? []
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  const known = isIP(bare) !== 0 || isLoopbackHost(bare)
  if (known && Number(port) <= 65_535) return { host: bare, port: Number(port) }
  throw refusal(
    'LISTEN_INVALID',
    `--listen ${text} is no address with a port.`,
    'Write --listen 127.0.0.1:9912, with 0 for any free port.',
  )
}

/** RFC 1123 section 2.1, with the underscore that hosts in some networks have; or an address. */
const hostName = /^(?=.{1,253}$)[a-z\d_](?:[\w-]{0,61}[a-z\d_])?(?:\.[a-z\d_](?:[\w-]{0,61}[a-z\d_])?)*$/i

function refuseNoHost(name: string): void {
  if (isIP(name) !== 0 || hostName.test(name)) return
  throw refusal(
    'HOST_INVALID',
    `--host ${printable(name)} is no host name and no address.`,
    'Give the bare name that stands in the certificate, such as --host agent.example.com, without scheme, port or path.',
  )
}

function tlsFiles({ tlsCert, tlsKey, tlsClientCa }: ListenFlags, cwd: string): TlsFiles | undefined {
  if (tlsCert === undefined && tlsKey === undefined && tlsClientCa === undefined) return undefined
  if (tlsCert === undefined || tlsKey === undefined) {
    const missing = tlsCert === undefined ? '--tls-cert' : '--tls-key'
    throw refusal(
      'TLS_FLAGS',
      `TLS wants a certificate and its key, and ${missing} is missing.`,
      `Give ${missing}, too.`,
    )
  }
  const clientAuthority = tlsClientCa === undefined ? undefined : resolve(cwd, tlsClientCa)
  return { certificate: resolve(cwd, tlsCert), key: resolve(cwd, tlsKey), clientAuthority }
}

/** By which names other hosts call it: requests to any other are refused, as pages could have made them. */
function namesOf({ host, port }: Address, { host: names = [] }: ListenFlags): readonly string[] {
  const everywhere = host === '0.0.0.0' || /^[0:]+$/.test(host)
  if (everywhere && names.length === 0) {
    throw refusal(
      'LISTEN_WITHOUT_HOST',
      `--listen ${bracketed(host)}:${port} stands for every address of this host, and does not say by which name others call it.`,
      'Give --host <name>, as it stands in the certificate.',
    )
  }
  return everywhere ? names : [...names, host]
}

function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host
}

function withoutTls({ host, port }: Address): FederateError {
  return refusal(
    'LISTEN_WITHOUT_TLS',
    `--listen ${bracketed(host)}:${port} can be reached from other hosts, and without TLS everybody between could read what is lent.`,
    'Give --tls-cert and --tls-key, or write --listen 127.0.0.1:9912 to lend to this host alone.',
  )
}

function needless(flags: ListenFlags): FederateError {
  return refusal(
    'TLS_FLAGS',
    `TLS and --host are for addresses that other hosts reach, and ${listened(flags).join(', ')} is loopback.`,
    'Leave these flags out, or --listen at an address of the network.',
  )
}

function refusal(code: string, problem: string, next: string): FederateError {
  return new FederateError({ code, outcome: 'usage', problem, next })
}
