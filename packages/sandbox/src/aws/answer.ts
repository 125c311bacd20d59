import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { QueryFault } from './query-fault.ts'
import { children, element, type XmlRecord } from './xml.ts'

/** The two services of the sandbox, by the version that their requests name. */
export const services = {
  '2010-05-08': { name: 'iam', namespace: 'https://iam.amazonaws.com/doc/2010-05-08/' },
  '2011-06-15': { name: 'sts', namespace: 'https://sts.amazonaws.com/doc/2011-06-15/' },
} as const

export type Service = (typeof services)[keyof typeof services]

export function serviceOf(version: string | undefined): Service | undefined {
  if (version === '2010-05-08' || version === '2011-06-15') return services[version]
  return undefined
}

/** Sends what an action gave. An action without a result has no Result element either. */
export function sendResult(
  response: ServerResponse,
  service: Service,
  action: string,
  result: XmlRecord | undefined,
): void {
  const requestId = randomUUID()
  const body =
    (result === undefined ? '' : `<${action}Result>${children(result)}</${action}Result>`) +
    element('ResponseMetadata', { RequestId: requestId })
  send(response, 200, requestId, `<${action}Response xmlns="${service.namespace}">${body}</${action}Response>`)
}

export function sendFault(response: ServerResponse, service: Service, fault: QueryFault): void {
  const requestId = randomUUID()
  const type = fault.status >= 500 ? 'Receiver' : 'Sender'
  const error = element('Error', { Type: type, Code: fault.code, Message: fault.message })
  const body = `${error}${element('RequestId', requestId)}`
  send(response, fault.status, requestId, `<ErrorResponse xmlns="${service.namespace}">${body}</ErrorResponse>`)
}

function send(response: ServerResponse, status: number, requestId: string, xml: string): void {
  const headers = {
    'content-type': 'text/xml',
    'x-amzn-requestid': requestId,
    'content-length': Buffer.byteLength(xml),
  }
  response.writeHead(status, headers)
  response.end(xml)
}
