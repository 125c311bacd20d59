import type { ZodType } from 'zod'
import type { TargetWish } from '../service-file/service.ts'
import { nearest } from '../suggest.ts'
import type { YamlDocument } from './document.ts'
import { describeFound, type Finding } from './finding.ts'
import { entriesAt } from './values.ts'
import { claimFindings } from './wished-claims.ts'
import { checkBySchema } from './zod-findings.ts'

/**
 * The schema of each cloud's targets. A wish that has `claims` needs them in the tokens of its service: they are put
 * among the service's own.
 */
export type TargetSchemas = ReadonlyMap<string, ZodType>

interface CheckedTargets {
  readonly wishes: readonly TargetWish[]
  readonly findings: readonly Finding[]
}

/** Checks every target by the schema of its cloud. */
export function checkTargets(yaml: YamlDocument, schemas: TargetSchemas): CheckedTargets {
  const wishes: TargetWish[] = []
  const findings: Finding[] = []
  for (const [service] of entriesAt(yaml.value, ['services'])) {
    for (const [name, target] of entriesAt(yaml.value, ['services', service, 'targets'])) {
      const checked = checkTarget(service, name, target, yaml, schemas)
      findings.push(...checked.findings)
      wishes.push(...checked.wishes)
    }
  }
  return { wishes, findings: [...findings, ...claimFindings(wishes, yaml)] }
}

function checkTarget(
  service: string,
  name: string,
  target: unknown,
  yaml: YamlDocument,
  schemas: TargetSchemas,
): CheckedTargets {
  const path = ['services', service, 'targets', name]
  const { cloud, ...value } = Object.fromEntries(entriesAt(target, []))
  if (typeof cloud !== 'string') return { wishes: [], findings: missingCloud(path, target, cloud, schemas) }
  const schema = schemas.get(cloud)
  if (schema === undefined) return { wishes: [], findings: [unknownCloud([...path, 'cloud'], cloud, yaml, schemas)] }
  const checked = checkBySchema(schema, path, yaml, { value, alsoKnown: ['cloud'] })
  const wishes = checked.findings.length === 0 ? [{ service, name, cloud, wish: checked.value }] : []
  return { wishes, findings: checked.findings }
}

/** Only where the cloud is what lacks; a target of the wrong shape is spoken of elsewhere. */
function missingCloud(path: string[], target: unknown, cloud: unknown, schemas: TargetSchemas): Finding[] {
  if (cloud !== undefined || typeof target !== 'object' || target === null || Array.isArray(target)) return []
  const expected = expectedCloud(schemas)
  return [{ code: 'MISSING_KEY', path: [...path, 'cloud'], message: `is missing, expected ${expected}`, expected }]
}

function expectedCloud(schemas: TargetSchemas): string {
  return `a cloud that federate knows: ${[...schemas.keys()].join(', ')}`
}

function unknownCloud(path: string[], cloud: string, yaml: YamlDocument, schemas: TargetSchemas): Finding {
  const found = describeFound(path, yaml, cloud)
  const expected = expectedCloud(schemas)
  const suggestion = nearest(cloud, schemas.keys())
  const hint = suggestion === undefined ? '' : `; did you mean "${suggestion}"?`
  return {
    code: 'UNKNOWN_CLOUD',
    path,
    message: `found ${found}, expected ${expected}${hint}`,
    found,
    expected,
    suggestion,
  }
}
