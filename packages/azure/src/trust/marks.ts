import { createHash } from 'node:crypto'

// Applications and service principals have tags, which are texts; managed identities have tags with keys and values;
// role assignments have a description; federated credentials of managed identities have nothing but their name.

const ownerTag = 'federate:owner'
const adoptedTag = 'federate:adopted'

/** The tag of an application or service principal that says whose it is. */
export function ownerMark(owner: string): string {
  return `${ownerTag}=${owner}`
}

/** Says of an object that it was there before federate: it is released when it is no longer wanted, not deleted. */
export const adoptedMark = `${adoptedTag}=true`

/** The owner that tags name, if any. */
export function ownerIn(tags: readonly string[]): string | undefined {
  return tags.find((tag) => tag.startsWith(`${ownerTag}=`))?.slice(ownerTag.length + 1)
}

export function isAdopted(tags: readonly string[]): boolean {
  return tags.includes(adoptedMark)
}

/** Without our marks. */
export function foreignTags(tags: readonly string[]): readonly string[] {
  return tags.filter((tag) => !tag.startsWith('federate:'))
}

/** Tags with keys and values as the list of texts that the functions above read. */
export function tagTexts(tags: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(tags).map(([key, value]) => `${key}=${String(value)}`)
}

/** The list of texts as tags with keys and values. */
export function tagRecord(texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.map((text) => {
      const [key = '', ...value] = text.split('=')
      return [key, value.join('=')]
    }),
  )
}

const longestName = 120
// Owners have no underscore, so that one owner's names are never taken for another's.
const separator = '_'

/**
 * The name of a target's federated credential: its mark and, as names cannot be changed, its identity for ever. A dot,
 * which Entra does not take, and what is too long become a hash.
 */
export function credentialName(owner: string, service: string, target: string): string {
  const plain = `${prefix(owner)}${service}${separator}${target}`
  if (plain.length <= longestName && !plain.includes('.')) return plain
  const hash = createHash('sha256')
    .update(JSON.stringify([service, target]))
    .digest('hex')
    .slice(0, 12)
  return `${plain.replaceAll('.', '-').slice(0, longestName - hash.length - 1)}-${hash}`
}

/** The owner whose mark a credential's name is. */
export function ownerOfCredential(name: string): string | undefined {
  return /^federate_([a-z][a-z0-9-]{1,31})_/.exec(name)?.[1]
}

function prefix(owner: string): string {
  return `federate${separator}${owner}${separator}`
}

/** The description of everything that has one. */
export function description(owner: string, services: readonly string[]): string {
  return `Made by federate for ${owner}: ${services.join(', ')}`.slice(0, 600)
}

/** The owner that a description names. */
export function ownerInDescription(text: string | undefined): string | undefined {
  return /^Made by federate for ([a-z][a-z0-9-]{1,31}):/.exec(text ?? '')?.[1]
}
