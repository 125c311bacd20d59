import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { element, escapeXml } from './xml.ts'

describe('XML', () => {
  it('nests records, lists and nothing', () => {
    const value = { A: 'x', B: undefined, C: [1, true], D: [], E: { F: new Date(0) } }
    expect(element('R', value)).toBe(
      '<R><A>x</A><C><member>1</member><member>true</member></C><D></D><E><F>1970-01-01T00:00:00.000Z</F></E></R>',
    )
  })

  it('escapes what would be markup', () => {
    expect(escapeXml(`<a b="c">&'\r\n`)).toBe('&lt;a b=&quot;c&quot;&gt;&amp;&apos;&#xD;\n')
  })

  it('never lets a text become markup or an impossible character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = escapeXml(text)
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must not come out.
        return !/[<>"'\u0000-\u0008\u000b\u000c\u000d\u000e-\u001f]/.test(escaped) && !/&(?![a-z]+;|#xD;)/.test(escaped)
      }),
    )
  })
})
