import {
  AddClientIDToOpenIDConnectProviderCommand,
  CreateOpenIDConnectProviderCommand,
  DeleteOpenIDConnectProviderCommand,
  GetOpenIDConnectProviderCommand,
  ListOpenIDConnectProvidersCommand,
  ListOpenIDConnectProviderTagsCommand,
  RemoveClientIDFromOpenIDConnectProviderCommand,
  TagOpenIDConnectProviderCommand,
  UntagOpenIDConnectProviderCommand,
  UpdateOpenIDConnectProviderThumbprintCommand,
} from '@aws-sdk/client-iam'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AwsWorld, account, otherAccount, refusalOf, startAwsWorld } from './aws-world.ts'

let world: AwsWorld
beforeEach(async () => {
  world = await startAwsWorld()
})
afterEach(() => world.close())

const thumbprint = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
const missing = { name: 'NoSuchEntityException', status: 404 }

async function createProvider(Url = 'https://kc.example.com/realms/prod', ClientIDList = ['sts.amazonaws.com']) {
  const input = { Url, ClientIDList, ThumbprintList: [thumbprint] }
  const answer = await world.iam.send(new CreateOpenIDConnectProviderCommand(input))
  return { OpenIDConnectProviderArn: answer.OpenIDConnectProviderArn }
}

describe('a provider', () => {
  it('is created, read, changed, listed and deleted', async () => {
    const named = await createProvider()
    expect(named.OpenIDConnectProviderArn).toBe(`arn:aws:iam::${account}:oidc-provider/kc.example.com/realms/prod`)
    await world.iam.send(new AddClientIDToOpenIDConnectProviderCommand({ ...named, ClientID: 'second' }))
    await world.iam.send(new AddClientIDToOpenIDConnectProviderCommand({ ...named, ClientID: 'second' }))
    await world.iam.send(new RemoveClientIDFromOpenIDConnectProviderCommand({ ...named, ClientID: 'absent' }))
    await world.iam.send(
      new UpdateOpenIDConnectProviderThumbprintCommand({ ...named, ThumbprintList: ['b'.repeat(40)] }),
    )
    await world.iam.send(
      new TagOpenIDConnectProviderCommand({
        ...named,
        Tags: [
          { Key: 'a', Value: 'x' },
          { Key: 'b', Value: 'ü' },
        ],
      }),
    )
    await world.iam.send(new UntagOpenIDConnectProviderCommand({ ...named, TagKeys: ['a'] }))
    const provider = await world.iam.send(new GetOpenIDConnectProviderCommand(named))
    expect(provider).toMatchObject({
      Url: 'kc.example.com/realms/prod',
      ClientIDList: ['sts.amazonaws.com', 'second'],
      ThumbprintList: ['b'.repeat(40)],
      Tags: [{ Key: 'b', Value: 'ü' }],
    })
    expect(provider.CreateDate).toBeInstanceOf(Date)
    expect((await world.iam.send(new ListOpenIDConnectProviderTagsCommand(named))).Tags).toEqual([
      { Key: 'b', Value: 'ü' },
    ])
    const listed = await world.iam.send(new ListOpenIDConnectProvidersCommand({}))
    expect(listed.OpenIDConnectProviderList).toEqual([{ Arn: named.OpenIDConnectProviderArn }])
    await world.iam.send(new DeleteOpenIDConnectProviderCommand(named))
    expect(await refusalOf(world.iam.send(new DeleteOpenIDConnectProviderCommand(named)))).toMatchObject(missing)
    expect(await refusalOf(world.iam.send(new GetOpenIDConnectProviderCommand(named)))).toMatchObject(missing)
  })

  it('without a thumbprint needs an issuer that answers', async () => {
    const Url = world.issuer.url
    const { OpenIDConnectProviderArn } = await world.iam.send(new CreateOpenIDConnectProviderCommand({ Url }))
    const provider = await world.iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }))
    expect(provider.ThumbprintList).toEqual([expect.stringMatching(/^[0-9a-f]{40}$/)])
    world.issuer.published.status = 404
    const refusal = await refusalOf(world.iam.send(new CreateOpenIDConnectProviderCommand({ Url: `${Url}/x` })))
    expect(refusal).toMatchObject({ name: 'OpenIdIdpCommunicationErrorException', status: 400 })
  })

  it('exists once per account, and by account', async () => {
    await createProvider()
    expect(await refusalOf(createProvider())).toMatchObject({ name: 'EntityAlreadyExistsException', status: 409 })
    await createProvider('https://kc.example.com/realms/prod/')
    const others = await world.iamFor(otherAccount).send(new ListOpenIDConnectProvidersCommand({}))
    expect(others.OpenIDConnectProviderList).toEqual([])
  })

  it('takes a hundred client ids', async () => {
    const ids = Array.from({ length: 100 }, (_, index) => `client-${index}`)
    const named = await createProvider('https://kc.example.com/a', ids)
    const more = world.iam.send(new AddClientIDToOpenIDConnectProviderCommand({ ...named, ClientID: 'more' }))
    expect(await refusalOf(more)).toMatchObject({ name: 'LimitExceededException', status: 409 })
    expect((await refusalOf(createProvider('https://kc.example.com/b', [...ids, 'more']))).name).toBe(
      'LimitExceededException',
    )
    expect((await refusalOf(createProvider('https://kc.example.com/b', ['x'.repeat(256)]))).name).toBe(
      'ValidationError',
    )
  })

  it.each(['http://kc.example.com', 'https://kc.example.com:8443', 'https://kc.example.com/?q=1'])(
    'at %s is refused',
    async (url) => {
      expect(await refusalOf(createProvider(url))).toMatchObject({ name: 'InvalidInputException', status: 400 })
    },
  )
})
