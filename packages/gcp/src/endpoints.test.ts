import { describe, expect, it } from 'vitest'
import { endpoint } from './endpoints.ts'

describe('endpoint', () => {
  it.each([
    ['sts', {}, 'https://sts.googleapis.com'],
    ['sts', { location: 'europe-west1' }, 'https://sts.europe-west1.rep.googleapis.com'],
    ['iamcredentials', { location: 'europe-west1' }, 'https://iamcredentials.googleapis.com'],
    ['iamcredentials', { universe: 'apis-example.goog' }, 'https://iamcredentials.apis-example.goog'],
  ] as const)('of %s in %j', (api, place, expected) => {
    expect(endpoint(api, place, {})).toBe(expected)
  })

  it('follows what gcloud is told, for each API by itself', () => {
    const env = { CLOUDSDK_API_ENDPOINT_OVERRIDES_STS: 'http://127.0.0.1:9000/sts/' }
    expect(endpoint('sts', { location: 'europe-west1' }, env)).toBe('http://127.0.0.1:9000/sts')
    expect(endpoint('iam', {}, env)).toBe('https://iam.googleapis.com')
  })

  it.each(['http://sts.example.com/', 'nonsense', 'https://sts.example.com/?x=1'])(
    'refuses the override %s',
    (text) => {
      expect(() => endpoint('sts', {}, { CLOUDSDK_API_ENDPOINT_OVERRIDES_STS: text })).toThrow(
        expect.objectContaining({
          code: 'GCP_ENDPOINT_INVALID',
          problem: `CLOUDSDK_API_ENDPOINT_OVERRIDES_STS is "${text}", where an https URL was expected; http is for loopback addresses only.`,
        }),
      )
    },
  )
})
