import { describe, expect, it } from 'vitest'
import { valueAt } from '../redaction/secret-scan.ts'
import { targetSchemas } from './federate-file.test-kit.ts'
import { federateJsonSchema } from './json-schema.ts'

function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => (key === '$ref' ? [String(inner)] : referencesIn(inner)))
}

describe('federateJsonSchema', () => {
  const schema = federateJsonSchema(targetSchemas)
  const service = valueAt(schema, ['properties', 'services', 'additionalProperties'])
  const target = valueAt(service, ['properties', 'targets', 'additionalProperties', 'anyOf'])

  it('is strict and says what is needed', () => {
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'federate.yaml',
      type: 'object',
      required: ['version', 'owner', 'issuers'],
      additionalProperties: false,
    })
    expect(service).toMatchObject({ required: ['auth'], additionalProperties: false })
  })

  it('knows each cloud by its name, in every form that its targets have', () => {
    expect(target).toMatchObject([
      {
        required: ['cloud', 'account', 'role'],
        additionalProperties: false,
        properties: { cloud: { const: 'aws' }, account: { type: 'string', pattern: '^\\d{12}$' } },
      },
      {
        anyOf: [
          { required: ['cloud', 'project', 'pool'], properties: { cloud: { const: 'gcp' } } },
          { required: ['cloud', 'provider'], properties: { cloud: { const: 'gcp' } } },
        ],
      },
    ])
  })

  it('refers only to what it defines', () => {
    const references = new Set(referencesIn(schema))
    expect([...references].some((reference) => reference.startsWith('#/$defs/aws.'))).toBe(true)
    for (const reference of references) {
      expect(valueAt(schema, reference.split('/').slice(1)), reference).toBeDefined()
    }
  })

  it('takes any target where no cloud is known', () => {
    const open = valueAt(federateJsonSchema(new Map()), [
      'properties',
      'services',
      'additionalProperties',
      'properties',
    ])
    expect(valueAt(open, ['targets', 'additionalProperties'])).toMatchObject({ type: 'object', required: ['cloud'] })
  })
})
