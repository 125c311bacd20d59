import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A package whose code is in the bundle. */
export interface BundledPackage {
  readonly name: string
  readonly version: string
  readonly licence: string
  /** The texts of its LICENSE and NOTICE files, or of the head of its sources; empty where it ships none. */
  readonly texts: readonly string[]
  /** Where its sources are, as its manifest says. */
  readonly repository?: string | undefined
}

interface Chunk {
  readonly type: string
  readonly moduleIds?: readonly string[]
}

const permissive = new Set(['Apache-2.0', 'MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0'])
const rule = '-'.repeat(80)

/** A build plugin that writes the notices of what the bundle really contains, and fails where they cannot be given. */
export function notices(file: string) {
  return {
    name: 'notices',
    generateBundle(_options: unknown, bundle: Readonly<Record<string, Chunk>>): void {
      const modules = Object.values(bundle).flatMap((chunk) => chunk.moduleIds ?? [])
      const packages = [...packageDirectories(modules)].map((directory) => readPackage(directory, modules))
      writeFileSync(file, renderNotice(withTextsOfRepositories(packages)))
    },
  }
}

/** Where the packages of these modules are installed; modules outside node_modules are our own. */
export function packageDirectories(modules: readonly string[]): Set<string> {
  const found = modules.map((id) => /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id)?.[0])
  return new Set(found.filter((directory) => directory !== undefined))
}

function readPackage(directory: string, modules: readonly string[]): BundledPackage {
  const manifest: { name: string; version: string; license?: string; repository?: { url?: string } } = JSON.parse(
    readFileSync(join(directory, 'package.json'), 'utf8'),
  )
  const files = readdirSync(directory).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name))
  const texts = files.sort().map((name) => readFileSync(join(directory, name), 'utf8').trim())
  const own = modules.filter((id) => id.startsWith(`${directory}/`) && /\.[cm]?js$/.test(id))
  const heads = own.flatMap((id) => termsAtHead(readFileSync(id, 'utf8')))
  const { name, version, license: licence = 'none', repository } = manifest
  const given = texts.length > 0 ? texts : [...new Set(heads)]
  return { name, version, licence, texts: given, repository: repository?.url }
}

/** The terms that a source file with a licence of its own begins with. */
export function termsAtHead(source: string): string[] {
  const head =
    /^(?:\/\/.*\n)+/
      .exec(source)?.[0]
      .replace(/^\/\/ ?/gm, '')
      .trim() ?? ''
  return /^Copyright\b[\s\S]*Redistribution/.test(head) ? [head] : []
}

/** A package that was published without its licence text has that of its neighbours from the same repository. */
export function withTextsOfRepositories(packages: readonly BundledPackage[]): readonly BundledPackage[] {
  return packages.map((one) => {
    if (one.texts.length > 0 || one.repository === undefined) return one
    const { repository, licence } = one
    const neighbour = packages.find(
      (other) => other.repository === repository && other.licence === licence && other.texts.length > 0,
    )
    return { ...one, texts: neighbour?.texts ?? [] }
  })
}

/** The text of NOTICE: packages that share a licence text are named together above it. */
export function renderNotice(packages: readonly BundledPackage[]): string {
  const byText = new Map<string, string[]>()
  const sorted = [...packages].sort((one, other) => (one.name < other.name ? -1 : 1))
  for (const each of sorted) {
    const text = licenceText(each)
    byText.set(text, [...(byText.get(text) ?? []), `${each.name} ${each.version} (${each.licence})`])
  }
  const sections = [...byText].map(([text, names]) => `${rule}\n${names.join('\n')}\n\n${text}\n`)
  return ['federate\n\nThe command contains code of these packages, under their own licences.\n', ...sections].join(
    '\n',
  )
}

function licenceText({ name, version, licence, texts }: BundledPackage): string {
  // SPDX: of licences joined by AND all apply.
  const licences = licence.replace(/^\(|\)$/g, '').split(' AND ')
  if (!licences.every((one) => permissive.has(one))) {
    throw new Error(
      `${name} ${version} is bundled, but its licence '${licence}' is not one of ${[...permissive].join(', ')}.`,
    )
  }
  const ownLicence = 'Licensed under the Apache License, Version 2.0: see the file LICENSE.'
  if (texts.length > 0)
    return [...(licences.length > 1 && licences.includes('Apache-2.0') ? [ownLicence] : []), ...texts].join('\n\n')
  if (licence === 'Apache-2.0') return ownLicence
  throw new Error(
    `${name} ${version} is bundled under ${licence}, which asks for its text, but the package has no licence file.`,
  )
}
