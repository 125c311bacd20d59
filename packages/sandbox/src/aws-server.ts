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
  const accounts = wishedTexts(file, 'account')
  const [account = exampleAccount] = accounts
  const aws = createAws({ ...options, accounts: accounts.length > 0 ? accounts : [exampleAccount] })
  const server = await serveOnLoopback((request, response) => aws.handle(request, response), {
    label: 'AWS',
    ...(options.port === undefined ? {} : { port: options.port }),
  })
  const endpoint = `http://127.0.0.1:${server.port}`
  const administrator = aws.adminCredentials(account)
  const region = wishedTexts(file, 'region')[0] ?? 'us-east-1'
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

/** The different values of one text in the file's AWS targets; what a wish looks like is the cloud's own business. */
function wishedTexts(file: FederateFile, name: string): string[] {
  const wishes = file.services.flatMap((service) => service.targets).filter((target) => target.cloud === 'aws')
  const values = wishes.map(({ wish }): unknown =>
    typeof wish === 'object' && wish !== null ? Reflect.get(wish, name) : undefined,
  )
  return [...new Set(values.filter((value) => typeof value === 'string'))]
}
