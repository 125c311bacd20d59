import type { FederateFile } from '@federate/core'
import { type AwsOptions, type AwsSandbox, createAws } from './aws/index.ts'
import { serveOnLoopback } from './loopback-server.ts'

export interface ServedAws {
  readonly aws: AwsSandbox
  /** What points AWS's SDKs and command line at it, as administrator of the first account. */
  readonly env: Readonly<Record<string, string>>
  close(): Promise<void>
}

/** The account that AWS's documentation uses as its example. */
const exampleAccount = '123456789012'

/** Serves IAM and STS for the accounts of federate.yaml. */
export async function serveAws(
  file: FederateFile,
  options: Omit<AwsOptions, 'accounts'> & { readonly port?: number | undefined },
): Promise<ServedAws> {
  const [first = { id: exampleAccount, partition: 'aws' }, ...others] = wishedAccounts(file)
  const aws = createAws({ ...options, accounts: [first, ...others] })
  const server = await serveOnLoopback((request, response) => aws.handle(request, response), {
    label: 'AWS',
    ...(options.port === undefined ? {} : { port: options.port }),
  })
  const endpoint = `http://127.0.0.1:${server.port}`
  const administrator = aws.adminCredentials(first.id)
  const region = wishesOf(file).flatMap((wish) => textIn(wish, 'region') ?? [])[0] ?? 'us-east-1'
  const env = {
    AWS_ENDPOINT_URL_IAM: endpoint,
    AWS_ENDPOINT_URL_STS: endpoint,
    AWS_ACCESS_KEY_ID: administrator.accessKeyId,
    AWS_SECRET_ACCESS_KEY: administrator.secretAccessKey,
    AWS_REGION: region,
    // The name that boto3 and the AWS CLI read.
    AWS_DEFAULT_REGION: region,
  }
  return { aws, env, close: server.close }
}

interface WishedAccount {
  readonly id: string
  readonly partition: string
}

/** The accounts of the file, each once. */
function wishedAccounts(file: FederateFile): WishedAccount[] {
  const accounts = wishesOf(file).flatMap((wish) => {
    const id = textIn(wish, 'account')
    return id === undefined ? [] : [{ id, partition: textIn(wish, 'partition') ?? 'aws' }]
  })
  return accounts.filter(({ id }, index) => accounts.findIndex((one) => one.id === id) === index)
}

/** The wishes of the file's AWS targets; what they look like is the cloud's own business. */
function wishesOf(file: FederateFile): unknown[] {
  const targets = file.services.flatMap((service) => service.targets)
  return targets.filter(({ cloud }) => cloud === 'aws').map(({ wish }) => wish)
}

function textIn(wish: unknown, name: string): string | undefined {
  const value: unknown = typeof wish === 'object' && wish !== null ? Reflect.get(wish, name) : undefined
  return typeof value === 'string' ? value : undefined
}
