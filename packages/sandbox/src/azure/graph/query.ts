import { AzureFault } from '../fault.ts'
import type { AzureAnswer, AzureRequest } from '../message.ts'

/** What of an object filters may ask for. */
export interface Filterable {
  readonly appId: string
  readonly displayName: string
  readonly tags: readonly string[]
}

const pageSize = 100

/** The objects that `$filter` admits; the sandbox knows three kinds. @throws AzureFault `Request_UnsupportedQuery` */
export function filtered<T extends Filterable>(all: readonly T[], filter: string | null): readonly T[] {
  if (filter === null) return all
  const tag = /^tags\/any\(t:t eq '((?:[^']|'')*)'\)$/.exec(filter)?.[1]
  if (tag !== undefined) return all.filter(({ tags }) => tags.includes(plain(tag)))
  const [, field, list] = /^(displayName|appId) in \((.*)\)$/.exec(filter) ?? []
  if (list !== undefined) {
    const values = [...list.matchAll(/'((?:[^']|'')*)'/g)].map(([, value = '']) => plain(value))
    if (values.length > 15) throw unsupported('Too many values behind "in".')
    return all.filter((one) => values.includes(field === 'appId' ? one.appId : one.displayName))
  }
  throw unsupported(`The sandbox does not know the filter ${filter}.`)
}

/** One page, with a link to the next. */
export function paged(items: readonly unknown[], request: AzureRequest): AzureAnswer {
  const start = Number(request.query.get('$skiptoken') ?? 0)
  const page = items.slice(start, start + pageSize)
  const more = start + pageSize < items.length
  const next = new URLSearchParams(request.query)
  next.set('$skiptoken', String(start + pageSize))
  const link = more ? { '@odata.nextLink': `${request.origin}${encodeURI(request.path)}?${next}` } : {}
  return { status: 200, json: { ...link, value: page } }
}

function plain(literal: string): string {
  return literal.replaceAll("''", "'")
}

function unsupported(message: string): AzureFault {
  return new AzureFault(400, 'Request_UnsupportedQuery', message)
}
