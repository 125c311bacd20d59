import type { RuntimeTarget } from '@federate/core'
import { describe, expect, it } from 'vitest'
import { refuseIgnoredFlags, refuseMeaninglessFlags } from './ignored-flags.ts'

const file = '/run/azure.jwt'
const name = '--federated-token-file means something only together with --format federated-token-file'
const handed = "means nothing with --format executable, which hands the issuer's token over"

describe('flags that others make meaningless', () => {
  it.each([
    [{ cloud: 'azure', federatedTokenFile: file }, 'FLAG_MISSING', `${name}.`],
    [
      { cloud: 'azure', federatedTokenFile: file, format: 'json' },
      'FLAGS_CONTRADICT',
      `${name}, and --format json was given.`,
    ],
    [
      { cloud: 'aws', profile: 'billing', format: 'env' },
      'FLAGS_CONTRADICT',
      'so that --format env would mean nothing.',
    ],
    [
      { cloud: 'aws', roleArn: 'arn:aws:iam::123456789012:role/x', target: 's3' },
      'FLAGS_CONTRADICT',
      '--role-arn stands for another one.',
    ],
    [
      { cloud: 'gcp', provider: 'projects/1', target: 'lake' },
      'FLAGS_CONTRADICT',
      '--provider stands for another one.',
    ],
    [{ cloud: 'gcp', idToken: 'https://x', format: 'executable' }, 'FLAGS_CONTRADICT', `--id-token ${handed}`],
    [{ cloud: 'gcp', duration: '15m', format: 'executable' }, 'FLAGS_CONTRADICT', `--duration ${handed}`],
  ] as const)('are refused: %j', (options, code, problem) => {
    expect(() => refuseIgnoredFlags(options)).toThrow(
      expect.objectContaining({ code, outcome: 'usage', problem: expect.stringContaining(problem) }),
    )
  })

  it.each([
    { cloud: 'azure', federatedTokenFile: file, format: 'federated-token-file' },
    { cloud: 'aws', profile: 'billing', target: 's3' },
    { cloud: 'aws', duration: '15m', format: 'env' },
    { cloud: 'gcp', serviceAccount: 'a@b.example', format: 'executable' },
  ] as const)('are not %j', (options) => {
    expect(() => refuseIgnoredFlags(options)).not.toThrow()
  })

  const federated: RuntimeTarget = { cloud: 'gcp' }
  const impersonated = { ...federated, serviceAccount: 'a@b.example' }
  const identified = { ...impersonated, idTokenAudience: 'https://x' }

  it.each([
    [
      { duration: '15m' },
      federated,
      'FLAG_MISSING',
      '--duration means something only together with --service-account, which the target has not.',
    ],
    [
      { duration: '15m' },
      identified,
      'FLAGS_CONTRADICT',
      '--duration means nothing for what is asked for by --id-token.',
    ],
    [{ scopes: ['x'] }, identified, 'FLAGS_CONTRADICT', '--scopes means nothing for what is asked for by --id-token.'],
  ] as const)('are refused by the target: %j', (flags, runtime, code, problem) => {
    expect(() => refuseMeaninglessFlags({ cloud: 'gcp', ...flags }, runtime)).toThrow(
      expect.objectContaining({ code, outcome: 'usage', problem }),
    )
  })

  it.each([
    [{ duration: '15m', scopes: ['x'] }, impersonated],
    [{ scopes: ['x'] }, federated],
  ])('mean something otherwise: %j', (flags, runtime) => {
    expect(() => refuseMeaninglessFlags({ cloud: 'gcp', ...flags }, runtime)).not.toThrow()
  })
})
