import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { agentAddress } from './run-folder.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'federate-run-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const tell = (text: string) => writeFile(join(folder, 'agent.json'), text, { mode: 0o600 })

describe("the agent's address", () => {
  it.each(['http://127.0.0.1:9912', 'https://agent.example:9913', 'https://[fd00::1]:9913'])('is %s', async (url) => {
    await tell(JSON.stringify({ url, pid: 7 }))
    expect(agentAddress(folder)).toEqual({ url, pid: 7 })
  })

  it.each([
    '',
    '{"url":"http://127.0.0.1:99',
    'null',
    '{"url":"https://[http://x]:9913","pid":7}',
    '{"url":"file:///etc/passwd","pid":7}',
    '{"url":7,"pid":7}',
    '{"url":"http://127.0.0.1:9912","pid":"7"}',
  ])('is not told by %j', async (text) => {
    await tell(text)
    expect(() => agentAddress(folder)).toThrow(
      expect.objectContaining({
        code: 'AGENT_MISSING',
        outcome: 'unreachable',
        problem: `No agent has told its address in ${folder}.`,
      }),
    )
  })

  it('is a URL that can be fetched, or none, whatever stands in the file', async () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record({ url: fc.oneof(fc.string(), fc.webUrl()), pid: fc.anything() })
        .map((value) => JSON.stringify(value) ?? ''),
    )
    await fc.assert(
      fc.asyncProperty(text, async (anything) => {
        await tell(anything)
        try {
          expect(URL.canParse(agentAddress(folder).url)).toBe(true)
        } catch (error) {
          expect(error).toMatchObject({ code: 'AGENT_MISSING' })
        }
      }),
    )
  })
})
