import { GetCallerIdentityCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AwsWorld, account, refusalOf, roleArn, sessionOf, setUpTrust, startAwsWorld } from './aws-world.ts'

let world: AwsWorld
beforeEach(async () => {
  world = await startAwsWorld()
  await setUpTrust(world)
})
afterEach(() => world.close())

describe('a signed call', () => {
  const identify = (credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }) =>
    world.sts(credentials).send(new GetCallerIdentityCommand({}))

  it('tells the administrator who it is', async () => {
    const identity = await identify(world.aws.adminCredentials(account))
    expect(identity).toMatchObject({ Account: account, Arn: `arn:aws:iam::${account}:user/sandbox-admin` })
  })

  it('with a wrong secret or an unknown key is refused', async () => {
    const admin = world.aws.adminCredentials(account)
    expect(await refusalOf(identify({ ...admin, secretAccessKey: 'x' }))).toMatchObject({
      name: 'SignatureDoesNotMatch',
      status: 403,
    })
    expect(await refusalOf(identify({ ...admin, accessKeyId: 'AKIAAAAAAAAAAAAAAAAA' }))).toMatchObject({
      name: 'InvalidClientTokenId',
      status: 403,
    })
  })

  it('of a session needs its token, and ends with it', async () => {
    const session = sessionOf(await world.assume(await world.token()))
    const { accessKeyId, secretAccessKey } = session
    expect((await refusalOf(identify({ accessKeyId, secretAccessKey }))).name).toBe('InvalidClientTokenId')
    expect((await refusalOf(identify({ ...session, sessionToken: 'x' }))).name).toBe('InvalidClientTokenId')
    const sts = world.sts(session)
    world.clock.ahead = 3_601_000
    sts.config.systemClockOffset = 3_601_000
    expect(await refusalOf(sts.send(new GetCallerIdentityCommand({})))).toMatchObject({
      name: 'ExpiredToken',
      status: 403,
    })
  })

  it('from a clock sixteen minutes off is refused', async () => {
    world.clock.ahead = 960_000
    const late = await refusalOf(identify(world.aws.adminCredentials(account)))
    expect(late).toMatchObject({ name: 'SignatureDoesNotMatch', status: 403 })
    expect(late.message).toMatch(/^Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z$/)
    world.clock.ahead = -960_000
    expect((await refusalOf(identify(world.aws.adminCredentials(account)))).message).toMatch(
      /^Signature not yet current/,
    )
  })

  it('that the sandbox does not have is an invalid action', async () => {
    const call = world.sts(world.aws.adminCredentials(account)).send(new GetSessionTokenCommand({}))
    expect(await refusalOf(call)).toMatchObject({ name: 'InvalidAction', status: 400 })
  })
})

describe('a raw request', () => {
  const post = async (body: string) => {
    const response = await fetch(world.endpoint, { method: 'POST', body })
    return { status: response.status, text: await response.text() }
  }

  it('without a signature is refused', async () => {
    const { status, text } = await post('Action=ListRoles&Version=2010-05-08')
    expect(status).toBe(403)
    expect(text).toContain(
      '<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>MissingAuthenticationToken</Code>',
    )
  })

  it.each([
    ['without an action', 'Version=2010-05-08', 400, 'MissingAction'],
    ['of another version', 'Action=ListRoles&Version=2000-01-01', 400, 'InvalidAction'],
    ['with an action that is markup', 'Action=%3Cx%3E&Version=2011-06-15', 400, 'InvalidAction'],
    ['with a parameter twice', 'Action=A&Action=B&Version=2011-06-15', 400, 'MalformedQueryString'],
    ['longer than half a megabyte', 'x'.repeat(600_000), 413, 'RequestEntityTooLarge'],
  ])('%s is refused', async (_, body, status, code) => {
    const answer = await post(body)
    expect(answer.status).toBe(status)
    expect(answer.text).toContain(`<Code>${code}</Code>`)
  })

  it('never gets its token back', async () => {
    const token = await world.token({ sub: 'x' })
    const body = new URLSearchParams({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: roleArn,
      RoleSessionName: 'xx',
      WebIdentityToken: token,
    })
    const { text } = await post(body.toString())
    expect(text).not.toContain(token.split('.')[1])
  })
})
