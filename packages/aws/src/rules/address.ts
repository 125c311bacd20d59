import { BlockList, isIP } from 'node:net'
import { type Truth, truth } from './truth.ts'

/**
 * Whether an address lies in a network in CIDR notation (IAM User Guide, condition operators: without a prefix length
 * the network is the one address). A value that is no address or no network is not known to compare in any way.
 */
export function withinNetwork(actual: string, network: string): Truth {
  const family = familyOf(actual)
  const [, base = '', prefix] = /^([^/]+?)(?:\/(\d{1,3}))?$/.exec(network) ?? []
  const wanted = familyOf(base)
  if (family === undefined || wanted === undefined) return 'unknown'
  const most = wanted === 'ipv4' ? 32 : 128
  const length = prefix === undefined ? most : Number(prefix)
  if (length > most) return 'unknown'
  if (family !== wanted) return 'false'
  const list = new BlockList()
  list.addSubnet(base, length, wanted)
  return truth(list.check(actual, family))
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address)
  if (version === 0) return undefined
  return version === 4 ? 'ipv4' : 'ipv6'
}
