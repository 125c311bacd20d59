import { audienceMapper, type ClientScope } from './protocol-mapper.ts'

/** The scope for one of your own APIs: named like its audience, so that asking for either is the same. */
export function apiScope(audience: string): ClientScope {
  return {
    name: audience,
    description: `Tokens for ${audience}`,
    mappers: [audienceMapper('federate-audience', audience)],
  }
}
