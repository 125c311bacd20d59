import { describe, expect, it } from 'vitest'
import { isTest, read, sourceFiles, withoutText } from './sources.ts'

const productFiles = sourceFiles().filter((file) => !isTest(file))

/** The files whose code matches, each named once. */
function filesWith(pattern: RegExp): string[] {
  return productFiles.filter((file) => pattern.test(withoutText(read(file)))).sort()
}

describe('a source file', () => {
  it('has at most 250 lines, but for the tables of cases', () => {
    const long = productFiles
      .filter((file) => !/\/(?:[\w-]+-)?cases(?:\.ts$|\/)/.test(file))
      .map((file) => ({ file, lines: read(file).split('\n').length - 1 }))
    expect(long.filter(({ lines }) => lines > 250)).toEqual([])
  })

  it('reads the environment at the edges only', () => {
    expect(filesWith(/\bprocess\.env\b/)).toEqual([
      'packages/aws/src/credentials.ts', // the default of an option
      'packages/azure/src/credential.ts', // the default of an option
      'packages/cli/src/main.ts', // where compiled code is kept, before there is an outside
      'packages/cli/src/terminal.ts', // the command's outside
      'packages/core/src/authentication/secret.ts', // the default of an option
      'packages/core/src/network/transport.ts', // the default of an option
      'packages/core/src/tokens/github-actions.ts', // the default of an option
      'packages/core/src/tokens/token-command.ts', // the default of an option
      'packages/core/src/tokens/token-environment.ts', // the default of an option
      'packages/gcp/src/auth-client.ts', // the default of an option
      'packages/sandbox/src/credential-keeper.ts', // the default of an option
    ])
  })

  it('never asks the clock itself: `Date.now` is handed on as the default of an option', () => {
    expect(filesWith(/\bDate\.now\(\)|\bnew Date\(\)/)).toEqual([])
  })

  it('leaves the global fetch and its classes alone: the first touch loads undici', () => {
    expect(filesWith(/\bglobalThis\.fetch\b|\bnew (?:Headers|Request|Response)\(/)).toEqual([
      'packages/verify/src/doors/fetch.ts', // it answers a Request that is there already
    ])
  })
})
