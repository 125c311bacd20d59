import { Document, isMap, isScalar } from 'yaml'
import type { JsonValue } from '../plan/resource.ts'
import type { AuthReference, IssuerKind } from '../service-file/service.ts'

export interface FederateFileTemplate {
  readonly owner: string
  readonly issuerUrl: string
  readonly issuerKind: IssuerKind
  /** The issuer's name in the file. Default: `main`. */
  readonly issuerName?: string
  readonly service: string
  /** Default: the service's name. */
  readonly clientId?: string
  /** The `sub` of the service's tokens; needed for issuers that are not Keycloak. */
  readonly subject?: string
  readonly auth: AuthReference
  /** The target's name in the file. Default: the cloud's. */
  readonly targetName?: string
  readonly target?: { readonly cloud: string; readonly [key: string]: JsonValue | undefined }
}

type Comment = readonly [path: readonly string[], text: string]

/** The text of a new federate.yaml with comments, for `federate init`. What it says is checked by reading it again. */
export function federateFileTemplate(template: FederateFileTemplate): string {
  const { owner, issuerUrl, issuerKind, issuerName = 'main', service, clientId, subject, auth, target } = template
  const targets = target === undefined ? undefined : { [template.targetName ?? target.cloud]: target }
  const document = new Document(
    {
      version: 1,
      owner,
      issuers: { [issuerName]: { url: issuerUrl, kind: issuerKind } },
      services: { [service]: { clientId, subject, auth, targets } },
    },
    { keepUndefined: false },
  )
  for (const [path, text] of commentsOf(service, auth)) addComment(document, path, text)
  const header =
    'What federate sets up, checked by `federate plan` and done by `federate setup`. No secret belongs here.'
  return `# ${header}\n${document.toString({ lineWidth: 0 })}`
}

function commentsOf(service: string, auth: AuthReference): Comment[] {
  return [
    [['owner'], 'Everything made from this file bears this name, and only what bears it is ever changed or deleted.'],
    [['issuers'], 'Who issues the tokens. The url is exactly the "iss" of its tokens, without a slash at its end.'],
    [['services'], 'The workloads. Each is one client at the issuer.'],
    [['services', service, 'auth'], authComment(auth)],
    [['services', service, 'targets'], 'What the service wants of the clouds, by names of your own.'],
  ]
}

function authComment({ method }: AuthReference): string {
  if (method === 'github_actions') return "The service's tokens come from GitHub Actions."
  if (method === 'token_command') return 'The program that prints the token, run without a shell.'
  if (method === 'jwt_file')
    return 'Where the service finds its assertion, on its own host; never the assertion itself.'
  const isKey = method === 'private_key_jwt' || method === 'tls_client_auth'
  const place = method.startsWith('token_') ? 'token' : isKey ? 'key' : 'secret'
  return `Where the service finds its ${place}, on its own host; never the ${place} itself.`
}

function addComment(document: Document, path: readonly string[], text: string): void {
  const map = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1))
  if (!isMap(map)) return
  const key = map.items.find((item) => isScalar(item.key) && item.key.value === path.at(-1))?.key
  if (!isScalar(key)) return
  key.commentBefore = ` ${text}`
  key.spaceBefore = path.length === 1
}
