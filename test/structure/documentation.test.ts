import { aws } from '@federate/aws/cloud'
import { azure } from '@federate/azure/cloud'
import { federateJsonSchema, parseFederateFile } from '@federate/core/config'
import { gcp } from '@federate/gcp/cloud'
import { describe, expect, it } from 'vitest'
import { isTest, read, sourceFiles } from './sources.ts'

const readme = read('README.md')

describe('the README', () => {
  it('has a federate.yaml that is one', async () => {
    const clouds = [aws, gcp, azure].map(async (cloud) => [cloud.name, await cloud.wish()] as const)
    const targetSchemas = new Map(await Promise.all(clouds))
    const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(readme) ?? []
    const file = parseFederateFile(yaml, { path: '/home/acme/federate.yaml', targetSchemas })
    expect(file.services.map(({ name }) => name)).toEqual(['billing'])
  })
})

describe('docs/aws.md', () => {
  it('names the IAM actions that setup calls, no more and no fewer', () => {
    const [, section = ''] = /## The least an administrator needs\n([\s\S]*?)\n## /.exec(read('docs/aws.md')) ?? []
    const named = [...section.matchAll(/`([A-Z]\w+)`/g)].map(([, action]) => action)
    const source = sourceFiles()
      .filter((file) => file.startsWith('packages/aws/src/trust/') && !isTest(file))
      .map(read)
      .join('\n')
    const commands = [...source.matchAll(/\b([A-Z]\w+)Command\b/g)].map(([, action]) => action)
    const pages = [...source.matchAll(/\bpaginate([A-Z]\w+)\b/g)].map(([, action]) => action)
    const called = new Set([...commands, ...pages])
    // AWS lets everybody ask who one is.
    called.delete('GetCallerIdentity')
    expect(new Set(named)).toEqual(called)
  })
})

describe('docs/federate-yaml.md', () => {
  it('names every key that an AWS target can have', async () => {
    const page = read('docs/federate-yaml.md')
    const schema = JSON.stringify(federateJsonSchema(new Map([['aws', await aws.wish()]])))
    for (const key of [
      'account',
      'role',
      'policies',
      'inlinePolicies',
      'permissionsBoundary',
      'sessionName',
      'audience',
    ]) {
      expect(schema).toContain(`"${key}"`)
      expect(page).toContain(`\`${key}\``)
    }
  })
})
