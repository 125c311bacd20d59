import { describe, expect, it } from 'vitest'
import { packageDirectories, renderNotice, termsAtHead, withTextsOfRepositories } from '../../scripts/notices.ts'

const small = { name: 'small', version: '1.0.0', licence: 'MIT', texts: ['Permission is granted.'] }

describe('renderNotice', () => {
  it('names packages that share a text together, sorted, above it', () => {
    const notice = renderNotice([small, { ...small, name: '@scope/first', version: '2.0.0' }])
    expect(notice).toContain('@scope/first 2.0.0 (MIT)\nsmall 1.0.0 (MIT)\n\nPermission is granted.\n')
  })

  it.each(['GPL-3.0-only', 'AGPL-3.0', 'MPL-2.0', 'SEE LICENSE IN x', 'none'])('refuses %s', (licence) => {
    expect(() => renderNotice([{ ...small, licence }])).toThrow(`small 1.0.0 is bundled, but its licence '${licence}'`)
  })

  it('refuses a package without the text that its licence asks for', () => {
    expect(() => renderNotice([{ ...small, texts: [] }])).toThrow(
      'small 1.0.0 is bundled under MIT, which asks for its text',
    )
  })

  it('points to our own LICENSE for Apache-2.0 without a file', () => {
    expect(renderNotice([{ ...small, licence: 'Apache-2.0', texts: [] }])).toContain('see the file LICENSE')
  })
})

describe('a package without its licence text', () => {
  const repository = 'https://git.example.com/monorepo.git'

  it('has that of another package of its repository, under the same licence', () => {
    const bare = { ...small, name: 'bare', texts: [], repository }
    const neighbour = { ...small, repository }
    expect(withTextsOfRepositories([bare, neighbour])[0]?.texts).toEqual(small.texts)
    expect(withTextsOfRepositories([bare, small])[0]?.texts).toEqual([])
    expect(withTextsOfRepositories([bare, { ...neighbour, licence: 'ISC' }])[0]?.texts).toEqual([])
  })
})

describe('a package under two licences', () => {
  const both = { ...small, licence: '(Apache-2.0 AND BSD-3-Clause)', texts: [] }

  it('needs the text of the one that asks for it', () => {
    expect(() => renderNotice([both])).toThrow(
      'is bundled under (Apache-2.0 AND BSD-3-Clause), which asks for its text',
    )
    const notice = renderNotice([{ ...both, texts: ['Redistribution is permitted.'] }])
    expect(notice).toContain('see the file LICENSE.\n\nRedistribution is permitted.')
  })

  it('may not have one that is not permissive', () => {
    expect(() => renderNotice([{ ...both, licence: '(MIT AND GPL-3.0-only)' }])).toThrow('is not one of')
  })

  it('may keep its terms at the head of a source', () => {
    const head = '// Copyright 2008 Somebody.\n//\n// Redistribution is permitted.\n'
    expect(termsAtHead(`${head}export const x = 1\n`)).toEqual([
      'Copyright 2008 Somebody.\n\nRedistribution is permitted.',
    ])
    expect(termsAtHead('// Copyright 2024 Buf\nexport const x = 1\n')).toEqual([])
    expect(termsAtHead(`export const x = 1\n${head}`)).toEqual([])
  })
})

describe('packageDirectories', () => {
  it('finds the innermost package of a module, once, and none for our own sources', () => {
    const store = '/repo/node_modules/.pnpm/@scope+a@1/node_modules/@scope/a'
    const modules = [
      `${store}/dist/x.js`,
      `${store}/y.js`,
      '/repo/node_modules/b/index.js',
      '/repo/packages/core/src/a.ts',
    ]
    expect([...packageDirectories(modules)]).toEqual([store, '/repo/node_modules/b'])
  })
})
