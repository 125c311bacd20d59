import { createHash } from 'node:crypto'
import { faults } from '../query-fault.ts'
import type { Provider } from '../state.ts'
import type { IamAction, IamCall } from './action.ts'
import { providerUrl } from './provider-url.ts'
import { readTags, tagList } from './tags.ts'
import { bounds, checkText } from './validation.ts'

const mostProviders = 100
const mostClientIds = 100

const create: IamAction = async (call) => {
  const { account, parameters, now } = call
  const issuer = parameters.required('Url')
  const url = providerUrl(issuer)
  const arn = `arn:${account.partition}:iam::${account.id}:oidc-provider/${url}`
  const clientIds = readClientIds(parameters.list('ClientIDList') ?? [])
  const tags = readTags(parameters, 'significant')
  if (account.providers.has(arn)) throw faults.alreadyExists(`Provider with url ${issuer} already exists.`)
  if (account.providers.size >= mostProviders)
    throw faults.limitExceeded(`Cannot exceed quota for OpenIdConnectProvidersPerAccount: ${mostProviders}`)
  const given = parameters.list('ThumbprintList')
  const thumbprints =
    given === undefined || given.length === 0 ? await fetchThumbprint(call, url) : readThumbprints(given)
  account.providers.set(arn, { arn, url, clientIds, thumbprints, createDate: now, tags: new Map(tags) })
  return { OpenIDConnectProviderArn: arn, Tags: tags.size === 0 ? undefined : tagList(tags) }
}

/** Without a thumbprint IAM connects to the issuer and takes one. Loopback has no certificate: a stand-in is stored. */
async function fetchThumbprint({ issuers }: IamCall, url: string): Promise<string[]> {
  if ((await issuers.discover(url)) === undefined)
    throw faults.idpCommunication('Could not connect to openid configuration of provided URL. Check .well-known.')
  return [createHash('sha1').update(url).digest('hex')]
}

function readClientIds(values: readonly string[]): string[] {
  const clientIds = [...new Set(values.map((value) => checkText('clientIDList.member', value, bounds.clientID)))]
  if (clientIds.length > mostClientIds) throw tooManyClientIds()
  return clientIds
}

function readThumbprints(values: readonly string[]): string[] {
  if (values.length === 0) throw faults.invalidInput('Thumbprint list must contain at least one entry.')
  if (values.length > 5) throw faults.invalidInput('Thumbprint list must contain fewer than 5 entries.')
  return values.map((value) => checkText('thumbprintList.member', value, bounds.thumbprint).toLowerCase())
}

const get: IamAction = (call) => {
  const { url, clientIds, thumbprints, createDate, tags } = named(call, 'OpenIDConnect Provider not found for arn ')
  return { Url: url, ClientIDList: clientIds, ThumbprintList: thumbprints, CreateDate: createDate, Tags: tagList(tags) }
}

const list: IamAction = ({ account }) => ({
  OpenIDConnectProviderList: [...account.providers.keys()].sort().map((Arn) => ({ Arn })),
})

/** IAM's reference calls it idempotent; live IAM answers NoSuchEntity the second time (radkawar/stackd), and so do we. */
const remove: IamAction = (call) => {
  const { arn } = named(call, 'OpenId connect Provider ', ' cannot be found.')
  call.account.providers.delete(arn)
  return undefined
}

const addClientId: IamAction = (call) => {
  const clientId = checkText('clientID', call.parameters.required('ClientID'), bounds.clientID)
  const provider = named(call)
  if (provider.clientIds.includes(clientId)) return undefined
  if (provider.clientIds.length >= mostClientIds) throw tooManyClientIds()
  provider.clientIds = [...provider.clientIds, clientId]
  return undefined
}

const removeClientId: IamAction = (call) => {
  const clientId = checkText('clientID', call.parameters.required('ClientID'), bounds.clientID)
  const provider = named(call)
  provider.clientIds = provider.clientIds.filter((one) => one !== clientId)
  return undefined
}

const updateThumbprint: IamAction = (call) => {
  const thumbprints = readThumbprints(call.parameters.list('ThumbprintList') ?? [])
  named(call).thumbprints = thumbprints
  return undefined
}

/** The provider that a call names. @throws QueryFault `NoSuchEntity` */
export function named(
  { account, parameters }: IamCall,
  before = 'OpenIDConnect Provider not found for arn ',
  after = '',
): Provider {
  const arn = checkText('openIDConnectProviderArn', parameters.required('OpenIDConnectProviderArn'), bounds.arn)
  const provider = account.providers.get(arn)
  if (provider === undefined) throw faults.noSuchEntity(`${before}${arn}${after}`)
  return provider
}

function tooManyClientIds(): Error {
  return faults.limitExceeded(`Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: ${mostClientIds}`)
}

/** IAM's calls about OIDC providers. */
export const providerActions: Readonly<Record<string, IamAction>> = {
  CreateOpenIDConnectProvider: create,
  GetOpenIDConnectProvider: get,
  ListOpenIDConnectProviders: list,
  DeleteOpenIDConnectProvider: remove,
  AddClientIDToOpenIDConnectProvider: addClientId,
  RemoveClientIDFromOpenIDConnectProvider: removeClientId,
  UpdateOpenIDConnectProviderThumbprint: updateThumbprint,
}
