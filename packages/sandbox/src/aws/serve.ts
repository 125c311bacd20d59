import type { FederateFile } from '@federate/core'
import { serveOnLoopback } from '../loopback-server.ts'
import { type CloudOptions, type ServedCloud, textIn, wishedTexts, wishesOf } from '../served-cloud.ts'
import { createAws } from './index.ts'
import { administerFrom } from './organization.ts'
import type { AwsSandbox } from './sandbox.ts'
import type { Account } from './state.ts'

/** The account that AWS's documentation uses as its example. */
const exampleAccount = '123456789012'

/**
 * What would win over the sandbox's key in the SDKs' chains, be mixed with it, or lead elsewhere (AWS SDKs and Tools
 * Reference Guide, "Settings reference"; the last two are of Terraform's S3 backend).
 */
const inTheWay = [
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_SESSION_TOKEN',
  'AWS_SECURITY_TOKEN',
  'AWS_ACCOUNT_ID',
  'AWS_CREDENTIAL_EXPIRATION',
  'AWS_CREDENTIAL_SCOPE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_ROLE_ARN',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  'AWS_EC2_METADATA_SERVICE_ENDPOINT',
  'AWS_ENDPOINT_URL_*',
  'AWS_IAM_ENDPOINT',
  'AWS_STS_ENDPOINT',
]

/** What the shared configuration file could say too, and must not: variables win over it. */
const overConfigurationFile = {
  AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false',
  AWS_USE_FIPS_ENDPOINT: 'false',
  AWS_USE_DUALSTACK_ENDPOINT: 'false',
  AWS_EC2_METADATA_DISABLED: 'true',
}

/** Serves IAM and STS for the accounts of federate.yaml. */
export async function serveAws(
  file: FederateFile,
  { now, fetch, port }: CloudOptions,
): Promise<ServedCloud<AwsSandbox>> {
  const [first = { id: exampleAccount, partition: 'aws' }, ...others] = wishedAccounts(file)
  const aws = createAws({ now, fetch, accounts: [first, ...others] })
  const server = await serveOnLoopback((request, response) => aws.handle(request, response), {
    label: 'AWS',
    ...(port === undefined ? {} : { port }),
  })
  const endpoint = `http://127.0.0.1:${server.port}`
  const administrator = aws.adminCredentials(first.id)
  const region = wishedTexts(file, 'aws', 'region')[0] ?? 'us-east-1'
  const env = {
    ...overConfigurationFile,
    // Of every other service: the sandbox refuses what it does not play.
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_IAM: endpoint,
    AWS_ENDPOINT_URL_STS: endpoint,
    AWS_ACCESS_KEY_ID: administrator.accessKeyId,
    AWS_SECRET_ACCESS_KEY: administrator.secretAccessKey,
    AWS_REGION: region,
    // The name that boto3 and the AWS CLI read.
    AWS_DEFAULT_REGION: region,
  }
  const reach = () => {
    const members = others.map(({ id }) => aws.account(id))
    const accounts = administerFrom(aws.account(first.id), members, new Date(now()))
    return Object.keys(accounts).length === 0 ? undefined : { accounts }
  }
  return { label: 'AWS', endpoint, env, inTheWay, reach, control: aws, close: server.close }
}

/** The accounts of the file, each once, in the partition in which it is wished first. */
function wishedAccounts(file: FederateFile): Pick<Account, 'id' | 'partition'>[] {
  const accounts = wishesOf(file, 'aws').flatMap((wish) => {
    const id = textIn(wish, 'account')
    return id === undefined ? [] : [{ id, partition: textIn(wish, 'partition') ?? 'aws' }]
  })
  return accounts.filter(({ id }, index) => accounts.findIndex((one) => one.id === id) === index)
}
