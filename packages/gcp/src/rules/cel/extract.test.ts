import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { extract } from './extract.ts'

// IAM Conditions attribute reference, "Extract": the table of examples.
const name = 'projects/_/buckets/acme-orders-aaa/objects/data_lake/orders/order_date=2019-11-03/aef87g87ae0876'
const documented = [
  ['/order_date={date}/', '2019-11-03'],
  ['buckets/{name}/', 'acme-orders-aaa'],
  ['/orders/{empty}order_date', ''],
  ['{start}/objects/data_lake', 'projects/_/buckets/acme-orders-aaa'],
  ['orders/{end}', 'order_date=2019-11-03/aef87g87ae0876'],
  ['{all}', name],
  ['/orders/{none}/order_date=', ''],
  ['/orders/order_date=2019-11-03/{id}/data_lake', ''],
] as const

describe('extract', () => {
  it.each(documented)('by %s', (template, expected) => {
    expect(extract(name, template)).toBe(expected)
  })

  it.each(['no name', '{a}{b}', '{}', '{a', 'a}'])('refuses %s, which has not exactly one name', (template) => {
    expect(() => extract(name, template)).toThrow(`extract needs a template with one name in braces, not '${template}'`)
  })

  it('finds what stands between a prefix and a suffix that are nowhere else', () => {
    const middle = fc.string().map((text) => text.replaceAll(/[<>]/g, ''))
    fc.assert(fc.property(middle, (text) => extract(`a<${text}>b`, '<{part}>') === text))
  })
})
