import { z } from 'zod'
import { FederateError } from '../errors.ts'
import type { FederateFile } from '../service-file/service.ts'
import { parseFederateFile } from './federate-file.ts'
import type { ConfigProblem } from './problem.ts'
import type { TargetSchemas } from './targets.ts'

export const path = '/etc/federate.yaml'

/** Two clouds as small as they can be, with what real ones use: transforms, messages of their own, unions. */
export const targetSchemas: TargetSchemas = new Map<string, z.ZodType>([
  [
    'aws',
    z
      .strictObject({
        account: z.string().regex(/^\d{12}$/, { error: (issue) => `expected 12 digits, got ${issue.input}` }),
        role: z.string().min(1).max(64),
        policies: z.array(z.string()).default([]),
        count: z.number().int().min(1).max(3).optional(),
        document: z.record(z.string(), z.json()).optional(),
      })
      .transform((wish) => ({ ...wish, seconds: 3600 })),
  ],
  [
    'gcp',
    z.union([z.strictObject({ project: z.string(), pool: z.string() }), z.strictObject({ provider: z.string() })]),
  ],
])

export const base = `version: 1
owner: acme-platform
issuers:
  prod: { url: https://keycloak.example.com/realms/prod, kind: keycloak }
`

export function parse(text: string): FederateFile {
  return parseFederateFile(text, { path, targetSchemas })
}

export function refusal(text: string): FederateError {
  try {
    parse(text)
  } catch (error) {
    if (error instanceof FederateError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

/** The lines below the head of a CONFIG_INVALID, without the file's path. */
export function problemLines(text: string): string[] {
  const error = refusal(text)
  if (error.code !== 'CONFIG_INVALID') throw error
  return error.problem
    .split('\n')
    .slice(1)
    .map((line) => line.replace(`  ${path}:`, ''))
}

export function problems(error: FederateError): readonly ConfigProblem[] {
  const list = error.details['problems']
  return Array.isArray(list) ? list : []
}
