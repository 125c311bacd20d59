import { describe, expect, it } from 'vitest'
import { isInTheWay } from './in-the-way.ts'

const entries = ['AWS_PROFILE', 'AWS_ENDPOINT_URL_*']

describe('isInTheWay', () => {
  it.each([
    ['AWS_PROFILE', 'http://127.0.0.1', true],
    ['AWS_PROFILES', 'x', false],
    ['AWS_ENDPOINT_URL', 'https://s3.amazonaws.com', false],
    ['AWS_ENDPOINT_URL_S3', 'https://s3.amazonaws.com', true],
    ['AWS_ENDPOINT_URL_S3', 'nonsense', true],
    ['AWS_ENDPOINT_URL_S3', undefined, true],
    // Somebody's LocalStack.
    ['AWS_ENDPOINT_URL_S3', 'http://localhost:4566', false],
    ['AWS_ENDPOINT_URL_S3', 'http://127.0.0.1.example.com', true],
  ])('%s=%s: %s', (name, value, expected) => {
    expect(isInTheWay(entries, name, value)).toBe(expected)
  })
})
