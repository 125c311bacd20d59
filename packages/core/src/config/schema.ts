import { z } from 'zod'
import { FederateError } from '../errors.ts'
import { parseIssuerUrl } from '../issuer/issuer-url.ts'
import { isLoopbackHost } from '../network/hosts.ts'
import { ownParameters } from '../tokens/audience.ts'
import { duration } from './duration-schema.ts'

const nameText =
  'expected lower-case letters, digits, ".", "_" and "-", the first a letter or digit, at most 63 characters'
const name = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, { error: nameText })
const ownerText = 'expected 2 to 32 lower-case letters, digits and "-", the first a letter'
const owner = z.string({ error: ownerText }).regex(/^[a-z][a-z0-9-]{1,31}$/, { error: ownerText })
const text = z
  .string()
  .regex(/^\S(.*\S)?$/u, { error: 'expected a text on one line that is not empty and has no space at its ends' })
  .max(255)

const issuerUrl = z.string().check((context) => {
  try {
    parseIssuerUrl(context.value)
  } catch (error) {
    if (!(error instanceof FederateError)) throw error
    const message = `${error.problem} ${error.next}`
    context.issues.push({ code: 'custom', input: context.value, message, params: { code: error.code } })
  }
})

const filePath = z.string().regex(/^[^\n]+$/, { error: 'expected the path of a file' })
const ca = filePath
  .exactOptional()
  .describe("Certificates (PEM) of the authority that signs the issuer's own; then no other is trusted")
const parameters = z
  .record(
    z.string().refine((parameter) => !ownParameters.has(parameter), {
      error: 'expected another name: federate sets this parameter itself',
    }),
    text,
  )
  .exactOptional()
  .describe('Further parameters of every token request, no secret')

const issuer = z
  .discriminatedUnion('kind', [
    z.strictObject({
      url: issuerUrl.describe('The issuer identifier: exactly the iss of its tokens, without a slash at its end'),
      kind: z.literal('keycloak').describe('A Keycloak realm; an audience is asked for by a scope'),
      parameters,
      ca,
    }),
    z.strictObject({
      url: issuerUrl.describe('The issuer identifier: exactly the iss of its tokens'),
      kind: z.literal('oidc').describe('Any other OpenID Connect or OAuth issuer'),
      audienceAs: z
        .enum(['scope', 'audience', 'resource', 'none'])
        .default('none')
        .describe(
          'How this issuer is asked for an audience: by a scope, the parameter audience or resource, not at all',
        ),
      parameters,
      ca,
    }),
  ])
  .describe('Who issues the tokens')

const variable = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'expected the name of an environment variable: letters, digits and "_"' })
const referenceText = 'expected { file: <path> } or { env: <name of a variable> }, one of the two'
const reference = z
  .union(
    [
      z.strictObject({ file: filePath }).describe("A file on the service's host"),
      z.strictObject({ env: variable }).describe("An environment variable on the service's host"),
    ],
    { error: referenceText },
  )
  .describe('Where the service finds it; never the secret itself')

const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const

const assertionAudience = z
  .enum(['issuer', 'token_endpoint'])
  .exactOptional()
  .describe('Whom the assertion is for; default: issuer. Okta and Microsoft Entra want token_endpoint')
const passphrase = reference.exactOptional().describe('Of an encrypted key: where the service finds it')

const auth = z
  .discriminatedUnion('method', [
    z.strictObject({ method: z.enum(['client_secret_basic', 'client_secret_post']), secret: reference }),
    z.strictObject({
      method: z.literal('client_secret_jwt'),
      secret: reference,
      algorithm: z.enum(['HS256', 'HS384', 'HS512']).exactOptional().describe('The JWS algorithm; default: HS256'),
      audience: assertionAudience,
    }),
    z.strictObject({
      method: z.literal('private_key_jwt'),
      key: reference,
      passphrase,
      keyId: text.exactOptional().describe('The kid of the key at the issuer'),
      algorithm: z.enum(algorithms).exactOptional().describe('The JWS algorithm; default: what fits the key'),
      audience: assertionAudience,
      certificate: reference
        .exactOptional()
        .describe('The certificate of the key (PEM), whose thumbprint Microsoft Entra finds the key by'),
    }),
    z.strictObject({
      method: z.literal('tls_client_auth'),
      certificate: reference.describe("The client's certificate in PEM, then those between it and the root"),
      key: reference,
      passphrase,
    }),
    z.strictObject({
      method: z.literal('jwt_file'),
      file: filePath.describe('Holds the assertion, written by something else'),
    }),
    z.strictObject({
      method: z.literal('token_file'),
      file: filePath.describe('Holds the token itself, written by something else'),
    }),
    z.strictObject({ method: z.literal('token_env'), env: variable.describe('Holds the token itself') }),
    z.strictObject({
      method: z.literal('token_command'),
      command: z.array(z.string()).min(1).describe('The program that prints the token, then each of its arguments'),
      timeout: z.int().min(1).max(600).exactOptional().describe('Seconds after which it is killed; default: 30'),
    }),
    z.strictObject({ method: z.literal('github_actions') }),
  ])
  .describe('How the service gets its tokens: as a client of the issuer, or from something else that has them')

/** Claims that the issuer itself sets; a service's own must not take their place. */
const reservedClaims: ReadonlySet<string> = new Set(
  'jti typ iat exp iss scope nonce sub aud azp nbf auth_time'.split(' '),
)
const claimName = z
  .string()
  .min(1)
  .refine((claim) => !reservedClaims.has(claim), { error: 'expected another name: the issuer sets this claim itself' })

const jwksUri = z
  .url({ protocol: /^https?$/, error: 'expected the https URL at which the service publishes its public keys' })
  .refine((url) => url.startsWith('https:') || isLoopbackHost(URL.parse(url)?.hostname ?? ''), {
    error: 'expected https: whoever could change these keys would be the service',
  })
const registration = z
  .strictObject({
    jwksUri: jwksUri
      .exactOptional()
      .describe('With private_key_jwt: where the service publishes its public keys; else they are uploaded'),
    certificateSubject: text
      .exactOptional()
      .describe("With tls_client_auth: the certificate's distinguished name, such as CN=billing,O=Acme"),
    identityProvider: text
      .exactOptional()
      .describe("With jwt_file: the alias of the realm's identity provider that signs the assertions"),
    assertionSubject: text.exactOptional().describe('With jwt_file: the sub of the assertions'),
  })
  .describe("How the issuer knows the service's proof, where that is no secret; for `federate setup keycloak`")

const api = z.strictObject({
  audience: text.describe('The aud of tokens for this API'),
  roles: z.array(text).default([]).describe('What a caller may be allowed'),
})

/** The schema of federate.yaml; `target` says how far targets are checked here. */
export function federateFileSchema<Target extends z.ZodType>(target: Target) {
  const service = z.strictObject({
    issuer: name.optional().describe('The name of one of the issuers; default: the only one'),
    clientId: text.optional().describe("The client at the issuer; default: the service's name"),
    subject: text.optional().describe('The sub that clouds see; default for Keycloak: service-account-<client id>'),
    auth,
    claims: z.record(claimName, z.json()).default({}).describe("Claims in the service's tokens: any JSON, no secret"),
    roles: z
      .record(name, z.array(text))
      .optional()
      .describe(
        'Roles of your own APIs that the service has, by the name below apis; made by `federate setup keycloak`',
      ),
    realmRoles: z
      .array(text)
      .optional()
      .describe('Roles of the realm that the service has, in all its tokens; they must exist'),
    clientRoles: z
      .record(text, z.array(text))
      .optional()
      .describe('Roles of other clients that the service has, by client id, in all its tokens; they must exist'),
    registration: registration.optional(),
    tokenLifetime: duration
      .optional()
      .describe("How long the service's tokens live, such as 20m; default: 20m with targets in clouds, 5m without"),
    tokenAlgorithm: z.enum(algorithms).optional().describe("The JWS algorithm of its tokens; default: the realm's"),
    defaultScopes: z.array(text).optional().describe('Client scopes that are in every token; default: basic'),
    targets: z.record(name, target).default({}).describe('What the service wants of the clouds'),
  })
  return z.strictObject({
    version: z.literal(1).describe('The version of this format'),
    owner: owner.describe('The name that everything made from this file bears'),
    issuers: z
      .record(name, issuer)
      .refine((issuers) => Object.keys(issuers).length > 0, { error: 'expected at least one issuer' })
      .describe('Who issues the tokens, by a name of your own'),
    services: z.record(name, service).default({}).describe('The workloads, by name'),
    apis: z.record(name, api).default({}).describe('Your own APIs, by name'),
  })
}

/** As far as federate.yaml can be checked without the clouds. */
export const baseSchema = federateFileSchema(z.looseObject({ cloud: z.string() }))

export type FederateInput = z.infer<typeof baseSchema>
