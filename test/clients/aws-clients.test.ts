import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makePlace, type Place } from '../cli/harness.ts'
import { awsClients, tagged } from './aws-clients.suite.ts'
import { goAvailable, goClient } from './go-client.ts'
import { pythonTools } from './python-tools.ts'
import { butForSlowAnswers } from './slow-answers.ts'
import { type Delivery, delivery } from './ways-in.ts'

async function prepared(): Promise<Place> {
  const place = await makePlace(tagged)
  await place.startSandbox()
  await place.setUp('aws billing')
  return place
}

awsClients(prepared)

describe('a program that asks its SDK who it is, and has never heard of federate', () => {
  const tools = pythonTools()
  const go = goAvailable('the AWS SDK for Go')
  let place: Place
  let ways: Delivery
  beforeAll(async () => {
    place = await prepared()
    ways = await delivery(place, 'aws', { AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-1' })
  })
  afterAll(async () => {
    await ways?.close()
    await place?.close()
  })

  const javascript = `
    const { STSClient, GetCallerIdentityCommand } = require('@aws-sdk/client-sts')
    new STSClient({}).send(new GetCallerIdentityCommand({})).then(({ Arn }) => console.log(Arn))`
  const boto3 = 'import boto3; print(boto3.client("sts").get_caller_identity()["Arn"])'
  const cli = ['-m', 'awscli', 'sts', 'get-caller-identity', '--query', 'Arn', '--output', 'text']

  it.each(['exec', 'agent'] as const)(
    'is its service, by %s',
    async (way) => {
      const run = ways[way]
      const programs: Record<string, readonly string[]> = { javascript: [process.execPath, '-e', javascript] }
      if (tools !== undefined)
        Object.assign(programs, { cli: [tools.python, ...cli], boto3: [tools.python, '-c', boto3] })
      if (go) Object.assign(programs, { go: [await goClient()] })
      for (const [name, program] of Object.entries(programs)) {
        const { stderr, ...ran } = await run(program)
        expect({ name, ...ran, stderr: butForSlowAnswers(stderr) }).toEqual({
          name,
          status: 0,
          stdout: 'arn:aws:sts::123456789012:assumed-role/billing/federate-billing\n',
          stderr: '',
        })
      }
    },
    300_000,
  )
})
