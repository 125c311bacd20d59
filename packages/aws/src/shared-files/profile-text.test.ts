import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { profileSettings, withSettings } from './profile-text.ts'

const settings = { aws_access_key_id: 'A', aws_secret_access_key: 'S' }
const written = 'aws_access_key_id = A\naws_secret_access_key = S\n'

describe('a shared file', () => {
  it.each([
    ['an empty file', '', `[billing]\n${written}`],
    ['no final newline', '[other]\nregion = x', `[other]\nregion = x\n\n[billing]\n${written}`],
    ['a blank line at its end', '[other]\nregion = x\n\n', `[other]\nregion = x\n\n[billing]\n${written}`],
    [
      'the profile with comments and other settings',
      '# mine\n[billing]\n# old\naws_access_key_id=OLD\nregion = x ; why\n\n# next\n[other]\naws_access_key_id = B\n',
      `# mine\n[billing]\n# old\naws_access_key_id = A\nregion = x ; why\naws_secret_access_key = S\n\n# next\n[other]\naws_access_key_id = B\n`,
    ],
    ['a setting twice', '[billing]\naws_access_key_id = 1\naws_access_key_id = 2\n', `[billing]\n${written}`],
    [
      'the profile twice',
      '[billing]\nregion = x\n[a]\n[billing]\naws_access_key_id = 2\n',
      '[billing]\nregion = x\naws_secret_access_key = S\n[a]\n[billing]\naws_access_key_id = A\n',
    ],
    ['an empty profile', '[billing]\n', `[billing]\n${written}`],
    ['spaces in the header', '[ billing ]\n', `[ billing ]\n${written}`],
  ])('with %s takes the settings', (_, before, after) => {
    expect(withSettings(before, 'billing', settings)).toBe(after)
  })

  it('keeps its kind of line ends', () => {
    expect(withSettings('[a]\r\nb = c', 'billing', settings)).toBe(
      `[a]\r\nb = c\r\n\r\n[billing]\r\n${written.replaceAll('\n', '\r\n')}`,
    )
  })

  it('keeps the nested settings of others, and drops those of what is replaced', () => {
    const before = '[profile p]\ns3 =\n  max = 1\ncredential_process = x\n  y\nregion = z\n'
    expect(withSettings(before, 'profile p', { credential_process: 'new' })).toBe(
      '[profile p]\ns3 =\n  max = 1\ncredential_process = new\nregion = z\n',
    )
  })

  it('takes a setting away', () => {
    expect(withSettings('[p]\na = 1\nb = 2\n', 'p', { a: undefined })).toBe('[p]\nb = 2\n')
  })

  it('is read back as it was written, changes only what it should, and no more the second time', () => {
    const line = fc.oneof(
      fc.constantFrom('', '# c', '; d', '[billing]', '[other]', 'aws_access_key_id = Q', 'region=x', '  nested = 1'),
      fc.string({ maxLength: 12 }).filter((text) => !/[\r\n[\]]/.test(text)),
    )
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 12 }),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        (lines, end, last) => {
          const text = lines.join(end) + (last ? end : '')
          const once = withSettings(text, 'billing', settings)
          expect(profileSettings(once, 'billing')).toEqual(
            new Map([...profileSettings(text, 'billing'), ...Object.entries(settings)]),
          )
          expect(profileSettings(once, 'other')).toEqual(profileSettings(text, 'other'))
          expect(withSettings(once, 'billing', settings)).toBe(once)
          const comments = (of: string) => of.split(/\r?\n/).filter((one) => /^[#;]/.test(one))
          expect(comments(once)).toEqual(comments(text))
        },
      ),
    )
  })
})
