import { z } from 'zod'
import { federateFileSchema } from './schema.ts'
import type { TargetSchemas } from './targets.ts'

/** A JSON Schema as plain data. */
export type JsonSchema = Readonly<Record<string, unknown>>

/**
 * The JSON Schema (draft 2020-12) of federate.yaml, for editors. It knows shapes and descriptions; what two places must
 * agree on, only `parseFederateFile` checks.
 */
export function federateJsonSchema(targetSchemas: TargetSchemas): JsonSchema {
  const target = z.looseObject({ cloud: z.string() }).describe('What the service wants of one cloud')
  const clouds = [...targetSchemas].map(([cloud, wish]) => cloudSchema(cloud, wish))
  const schema = z.toJSONSchema(federateFileSchema(target), {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema !== target || clouds.length === 0) return
      for (const key of Object.keys(jsonSchema)) Reflect.deleteProperty(jsonSchema, key)
      Object.assign(jsonSchema, { anyOf: clouds.map(({ target }) => target) })
    },
  })
  const definitions = Object.assign({}, schema.$defs, ...clouds.map((cloud) => cloud.definitions))
  return { ...schema, title: 'federate.yaml', $defs: definitions }
}

interface CloudSchema {
  readonly target: JsonSchema
  readonly definitions: JsonSchema
}

/** Its definitions move to the top of the whole schema, under names that no other cloud's can have. */
function cloudSchema(cloud: string, wish: z.ZodType): CloudSchema {
  const { $schema: _, $defs = {}, ...schema } = z.toJSONSchema(wish, { io: 'input', unrepresentable: 'any' })
  const definitions = Object.entries($defs).map(([name, definition]) => [
    `${cloud}.${name}`,
    renamed(definition, cloud),
  ])
  return { target: withCloud(fieldsOf(renamed(schema, cloud)), cloud), definitions: Object.fromEntries(definitions) }
}

function renamed(value: unknown, cloud: string): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, cloud))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, inner]) => {
    const isReference = key === '$ref' && typeof inner === 'string'
    return [key, isReference ? inner.replace(/^#\/\$defs\//, `#/$defs/${cloud}.`) : renamed(inner, cloud)]
  })
  return Object.fromEntries(entries)
}

/** Adds the key `cloud`, which a cloud's own schema does not know, to every object that a target may be. */
function withCloud(schema: JsonSchema, cloud: string): JsonSchema {
  for (const keyword of ['anyOf', 'oneOf']) {
    const branches = schema[keyword]
    if (!Array.isArray(branches)) continue
    return { ...schema, [keyword]: branches.map((branch) => withCloud(fieldsOf(branch), cloud)) }
  }
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  return {
    ...schema,
    properties: { cloud: { const: cloud, description: 'Which cloud' }, ...fieldsOf(schema['properties']) },
    required: ['cloud', ...required],
  }
}

function fieldsOf(value: unknown): JsonSchema {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
