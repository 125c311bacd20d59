import { isLoopbackIssuer } from '@federate/core/rules'
import { faults } from '../query-fault.ts'
import { bounds, checkText } from './validation.ts'

/**
 * What IAM stores of a provider's URL: host as written, path, no scheme, no `:443`.
 *
 * An issuer by http on loopback is the marked exception: with its port, which AWS would not take.
 *
 * @throws QueryFault `ValidationError`, `InvalidInput`
 */
export function providerUrl(value: string): string {
  checkText('url', value, bounds.url)
  if (isLoopbackIssuer(value) && /^[^?#]+$/.test(value)) return value.slice('http://'.length)
  const [, host, port, path = ''] = /^https:\/\/([A-Za-z0-9.-]+)(?::(\d+))?(\/[^?#\s]*)?$/.exec(value) ?? []
  if (host === undefined) throw faults.invalidInput('Invalid Open ID Connect Provider URL')
  if (port !== undefined && port !== '443')
    throw faults.invalidInput('Invalid Open ID Connect Provider URL: it should not contain a port number')
  return host + path
}
