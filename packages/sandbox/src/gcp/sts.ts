import { type ExaminedToken, tryReadJwt } from '@federate/core'
import {
  type AcceptanceQuestion,
  audiencePrefix,
  evaluate,
  type ProviderState,
  parseProviderName,
} from '@federate/gcp/rules'
import { StsFault } from './google-fault.ts'
import { keysOfIssuer } from './issuer-keys.ts'
import { providerName } from './providers.ts'
import { type GoogleRequest, textField } from './request.ts'
import { refuseUnknownScopesAtSts } from './scopes.ts'
import { signatureState } from './signature.ts'
import type { World } from './world.ts'

const grant = 'urn:ietf:params:oauth:grant-type:token-exchange'
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'
const subjectTokenTypes = ['urn:ietf:params:oauth:token-type:jwt', 'urn:ietf:params:oauth:token-type:id_token']

/** How long a federated token lives at most, in seconds. */
const longest = 3_600

/** Exchanges an issuer's token for a federated access token, if Google's rules do (STS reference, v1.token). */
export async function exchangeToken({ body }: GoogleRequest, world: World): Promise<object> {
  const parameters = readParameters(body)
  const question = await questionOf(parameters.audience, parameters.subjectToken, world)
  const verdict = evaluate(question)
  if (verdict.refusal !== undefined)
    throw new StsFault(verdict.refusal.code, verdict.refusal.message, verdict.refusal.status)
  if (verdict.decision !== 'accepted') throw unknownToSandbox(verdict.rules)
  const seconds = Math.min(longest, lifetimeLeft(question))
  const token = world.tokens.issue({ kind: 'federated', question, expiresAt: world.now() + seconds * 1000 })
  return { access_token: token, issued_token_type: accessTokenType, token_type: 'Bearer', expires_in: seconds }
}

function readParameters(body: GoogleRequest['body']): { readonly audience: string; readonly subjectToken: string } {
  const read = (snake: string, camel: string) => textField(body, snake) ?? textField(body, camel) ?? ''
  const wrong = (name: string) => new StsFault('invalid_request', `Invalid value for "${name}".`)
  if (read('grant_type', 'grantType') !== grant) throw wrong('grant_type')
  if (read('requested_token_type', 'requestedTokenType') !== accessTokenType) throw wrong('requested_token_type')
  if (!subjectTokenTypes.includes(read('subject_token_type', 'subjectTokenType'))) throw wrong('subject_token_type')
  const scope = read('scope', 'scope')
  if (scope === '') throw new StsFault('invalid_scope', 'The scope is missing.')
  refuseUnknownScopesAtSts(scope.split(' '))
  const subjectToken = read('subject_token', 'subjectToken')
  if (subjectToken === '') throw wrong('subject_token')
  return { audience: read('audience', 'audience'), subjectToken }
}

async function questionOf(audience: string, text: string, world: World): Promise<AcceptanceQuestion> {
  const provider = knownProvider(audience, world)
  const keys =
    provider === undefined ? undefined : (provider.jwksJson ?? (await keysOfIssuer(provider.issuerUri, world.fetch)))
  const published = provider?.jwksJson === undefined ? keys : undefined
  return {
    audience,
    provider,
    token: await examine(text, keys),
    ...(published === undefined ? {} : { publishedKeys: published }),
    now: new Date(world.now()),
    leeway: 0,
  }
}

async function examine(text: string, keys: string | undefined): Promise<ExaminedToken> {
  const jwt = tryReadJwt(text)
  if (jwt === undefined) throw new StsFault('invalid_grant', 'Unable to parse the ID Token.')
  return { ...jwt, length: text.length, signature: await signatureState(text, jwt.header, keys) }
}

/** The provider as the servers that judge tokens know it. */
function knownProvider(audience: string, { projects }: World): ProviderState | undefined {
  const name = parseProviderName(audience.startsWith(audiencePrefix) ? audience.slice(audiencePrefix.length) : '')
  const project = projects.find(({ number }) => number === name?.project)
  const record = project?.pools.get(name?.pool ?? '')
  const [pool, provider] = [record?.pool.known, record?.providers.get(name?.provider ?? '')?.known]
  if (project === undefined || pool === undefined || provider === undefined) return undefined
  const { issuerUri, allowedAudiences, attributeMapping, attributeCondition, jwksJson, disabled, deletedAt } = provider
  return {
    name: providerName(project, pool.id, provider.id),
    pool: { state: stateOf(pool.deletedAt), disabled: pool.disabled },
    state: stateOf(deletedAt),
    disabled,
    type: 'oidc',
    issuerUri,
    allowedAudiences,
    attributeMapping,
    attributeCondition: attributeCondition === '' ? undefined : attributeCondition,
    jwksJson,
  }
}

function stateOf(deletedAt: number | undefined): 'ACTIVE' | 'DELETED' {
  return deletedAt === undefined ? 'ACTIVE' : 'DELETED'
}

function lifetimeLeft({ token, now }: AcceptanceQuestion): number {
  const expiry = token.claims['exp']
  return typeof expiry === 'number' ? Math.max(1, Math.floor(expiry - now.getTime() / 1000)) : longest
}

function unknownToSandbox(rules: ReturnType<typeof evaluate>['rules']): StsFault {
  const open = rules.filter((rule) => rule.outcome === 'unknown').map((rule) => rule.detail)
  return new StsFault('invalid_grant', `The sandbox refuses what it does not know of Google: ${open.join(' ')}`)
}
