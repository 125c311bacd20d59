import { createServer } from 'node:http'
import { CreateOpenIDConnectProviderCommand, CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import {
  AssumeRoleWithWebIdentityCommand,
  type AssumeRoleWithWebIdentityCommandInput,
  STSClient,
} from '@aws-sdk/client-sts'
import { type AwsSandbox, createAws } from '@federate/sandbox'
import { type SmallIssuer, startSmallIssuer } from './small-issuer.ts'

export const account = '123456789012'
export const otherAccount = '210987654321'
export const roleArn = `arn:aws:iam::${account}:role/federate/acme/billing`
export const subject = 'service-account-billing'

/** The sandbox on loopback, the official SDKs pointed at it, and an issuer that it can reach. */
export interface AwsWorld {
  readonly aws: AwsSandbox
  readonly endpoint: string
  readonly issuer: SmallIssuer
  readonly iam: IAMClient
  /** Moves the sandbox's clock, in milliseconds. */
  readonly clock: { ahead: number }
  iamFor(account: string): IAMClient
  sts(credentials?: Credentials): STSClient
  /** A token as Keycloak's scope for AWS makes it. */
  token(claims?: Readonly<Record<string, unknown>>, header?: Parameters<SmallIssuer['sign']>[1]): Promise<string>
  assume(token: string, input?: Partial<AssumeRoleWithWebIdentityCommandInput>): ReturnType<typeof assumeWith>
  close(): Promise<void>
}

interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

export async function startAwsWorld(): Promise<AwsWorld> {
  const issuer = await startSmallIssuer()
  await issuer.publish('k1')
  const clock = { ahead: 0 }
  const now = () => Date.now() + clock.ahead
  const aws = createAws({ accounts: [account, otherAccount], now, fetch: globalThis.fetch })
  const server = createServer(aws.handle)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  const options = { endpoint, region: 'eu-central-1', maxAttempts: 1 }
  const iamFor = (id: string) => new IAMClient({ ...options, credentials: aws.adminCredentials(id) })
  const sts = (credentials?: Credentials) =>
    new STSClient({ ...options, ...(credentials === undefined ? {} : { credentials }) })
  return {
    aws,
    endpoint,
    issuer,
    iam: iamFor(account),
    clock,
    iamFor,
    sts,
    token: (claims, header) => issuer.sign({ ...usualClaims(issuer.url, now()), ...claims }, header),
    assume: (token, input) => assumeWith(sts(), token, input),
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      await issuer.close()
    },
  }
}

function usualClaims(iss: string, now: number): Readonly<Record<string, unknown>> {
  const iat = Math.floor(now / 1000)
  return { iss, sub: subject, aud: 'sts.amazonaws.com', azp: 'sts.amazonaws.com', iat, exp: iat + 1200 }
}

function assumeWith(
  sts: STSClient,
  WebIdentityToken: string,
  input: Partial<AssumeRoleWithWebIdentityCommandInput> = {},
) {
  const call = { RoleArn: roleArn, RoleSessionName: 'session', WebIdentityToken, ...input }
  return sts.send(new AssumeRoleWithWebIdentityCommand(call))
}

export function trustPolicy(stored: string, sub = subject): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${stored}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { [`${stored}:aud`]: 'sts.amazonaws.com', [`${stored}:sub`]: sub } },
      },
    ],
  })
}

/** Sets up the trust that the usual token passes. */
export async function setUpTrust({ iam, issuer }: AwsWorld): Promise<void> {
  await iam.send(new CreateOpenIDConnectProviderCommand({ Url: issuer.url, ClientIDList: ['sts.amazonaws.com'] }))
  await iam.send(
    new CreateRoleCommand({
      RoleName: 'billing',
      Path: '/federate/acme/',
      AssumeRolePolicyDocument: trustPolicy(issuer.stored),
    }),
  )
}

/** What a refused call said: name, message and status, as the SDK reads them. */
export async function refusalOf(call: Promise<unknown>): Promise<{ name: string; message: string; status: number }> {
  try {
    await call
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const metadata: unknown = Reflect.get(error, '$metadata')
    const status = typeof metadata === 'object' && metadata !== null ? Reflect.get(metadata, 'httpStatusCode') : 0
    return { name: error.name, message: error.message, status: typeof status === 'number' ? status : 0 }
  }
  throw new Error('The call was not refused.')
}

/** What an SDK signs with, out of STS's answer. */
export function sessionOf(answer: Awaited<ReturnType<AwsWorld['assume']>>) {
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = answer.Credentials ?? {}
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }
}
