import {
  FederateError,
  type FederateErrorOptions,
  type HttpAnswer,
  type Now,
  redactText,
  retryAfterIn,
  tryJsonObject,
} from '@federate/core'

/** What an administrator's call to Graph or Resource Manager was about. */
export interface AdminCall {
  readonly service: 'Microsoft Graph' | 'Azure Resource Manager'
  /** What was to be done, in a few words: `create application billing`. */
  readonly action: string
  /** The permission that it takes, as the portal names it. */
  readonly permission: string
  /** The path of the object. */
  readonly resource: string
}

/** What Graph and Resource Manager say when they refuse: they share the shape. */
interface AdminFailure {
  readonly status: number
  readonly code: string
  readonly message: string
  /** What Microsoft's support asks for. */
  readonly requestId: string | undefined
}

type Explanation = Pick<FederateErrorOptions, 'code' | 'outcome' | 'problem' | 'next'>

/**
 * Explains a refused call of an administrator.
 *
 * Codes: `AZURE_INVALID_CREDENTIALS`, `AZURE_ACCESS_DENIED`, `AZURE_MAY_NOT_REGISTER`, `AZURE_SUBSCRIPTION_NOT_FOUND`,
 * `AZURE_RESOURCE_GROUP_NOT_FOUND`, `AZURE_PRINCIPAL_NOT_FOUND`, `AZURE_NOT_THERE_YET`, `AZURE_NOT_FOUND`,
 * `AZURE_CHANGED_MEANWHILE`,
 * `AZURE_REGION`, `AZURE_LIMIT`, `AZURE_THROTTLED`, `AZURE_UNAVAILABLE`, `AZURE_REFUSED`.
 */
export function fromAdminAnswer(answer: HttpAnswer, call: AdminCall, now: Now): FederateError {
  const failure = readFailure(answer)
  const { code, message, status, requestId } = failure
  const what = `${call.service} refused to ${call.action} (${call.resource}): ${code}: ${message}. Request id: ${requestId ?? '(none)'}.`
  return new FederateError({
    ...explain(failure, call, what),
    details: {
      azureCode: code,
      status,
      requestId,
      resource: call.resource,
      permission: call.permission,
      retryAfter: retryAfterIn(answer, now),
      transient: status === 429 || status >= 500,
    },
  })
}

function readFailure(answer: HttpAnswer): AdminFailure {
  const error = tryJsonObject(answer)?.['error']
  const fields = isRecord(error) ? error : {}
  const message = typeof fields['message'] === 'string' ? fields['message'] : ''
  return {
    status: answer.status,
    code: typeof fields['code'] === 'string' ? fields['code'] : `HTTP ${answer.status}`,
    message: redactText(message.replaceAll(/\s+/g, ' ').replace(/\.$/, '')),
    requestId: answer.header('request-id') ?? answer.header('x-ms-correlation-request-id'),
  }
}

function explain(failure: AdminFailure, call: AdminCall, problem: string): Explanation {
  const { status, code, message } = failure
  if (status === 429) return throttled(problem)
  if (status >= 500) return unavailable(problem)
  if (status === 401) return invalidCredentials(problem)
  if (status === 405 || /federated identity credentials not enabled/i.test(message)) return region(problem)
  if (/^(SubscriptionNotFound|InvalidSubscriptionId|InvalidAuthenticationTokenTenant)$/.test(code))
    return noSubscription(problem)
  if (code === 'ResourceGroupNotFound') return noResourceGroup(problem)
  if (code === 'PrincipalNotFound') return noPrincipal(problem)
  if (status === 403) return accessDenied(call, problem)
  if (/Quota|LimitExceeded|maximum number/i.test(`${code} ${message}`)) return limit(problem)
  if (/^(Request_ResourceNotFound|ParentResourceNotFound)$/.test(code)) return notThereYet(problem)
  // Graph's words for an application that was made a moment ago.
  if (/does not reference a valid application object/.test(message)) return notThereYet(problem)
  if (status === 404) return notFound(problem)
  if (status === 409 || status === 412) return changedMeanwhile(problem)
  return refused(problem)
}

function invalidCredentials(problem: string): Explanation {
  const next = 'Sign in again (`az login --tenant <id>`), or say in federate.admin.yaml how the tenant is reached.'
  return { code: 'AZURE_INVALID_CREDENTIALS', outcome: 'refused', problem, next }
}

function accessDenied({ permission, action }: AdminCall, problem: string): Explanation {
  if (action.startsWith('create application')) {
    return {
      code: 'AZURE_MAY_NOT_REGISTER',
      outcome: 'refused',
      problem: `${problem} The administrator may not register applications: the tenant reserves that to some.`,
      next: `Get ${permission}, or use managedIdentity instead of application: it needs rights in a resource group only.`,
    }
  }
  return {
    code: 'AZURE_ACCESS_DENIED',
    outcome: 'refused',
    problem: `${problem} The administrator lacks ${permission}, or a policy denies it.`,
    next: `Get ${permission}, or sign in as somebody who has it.`,
  }
}

function noSubscription(problem: string): Explanation {
  const next = "Check the subscription's id and that it belongs to the target's tenant: `az account list` shows both."
  return { code: 'AZURE_SUBSCRIPTION_NOT_FOUND', outcome: 'usage', problem, next }
}

function noResourceGroup(problem: string): Explanation {
  const next = 'Create it (`az group create`), or correct resourceGroup or the scope in federate.yaml.'
  return { code: 'AZURE_RESOURCE_GROUP_NOT_FOUND', outcome: 'usage', problem, next }
}

function noPrincipal(problem: string): Explanation {
  const next =
    'A new principal takes minutes to be known everywhere. Run the command again; it continues where it stopped.'
  return { code: 'AZURE_PRINCIPAL_NOT_FOUND', outcome: 'failed', problem, next }
}

function notThereYet(problem: string): Explanation {
  const next =
    'What was just made takes minutes to be known everywhere. Run the command again; it continues where it stopped.'
  return { code: 'AZURE_NOT_THERE_YET', outcome: 'failed', problem, next }
}

function notFound(problem: string): Explanation {
  const next = 'Check the names in federate.yaml: what it is to be done to, or below, is not there.'
  return { code: 'AZURE_NOT_FOUND', outcome: 'usage', problem, next }
}

function changedMeanwhile(problem: string): Explanation {
  return {
    code: 'AZURE_CHANGED_MEANWHILE',
    outcome: 'failed',
    problem: `${problem} Somebody changed it after it was read, or writes at the same time.`,
    next: 'Run `federate plan azure` to see how it is now.',
  }
}

function region(problem: string): Explanation {
  const next = 'Give the managed identity another location: not every region has federated credentials.'
  return { code: 'AZURE_REGION', outcome: 'refused', problem, next }
}

function limit(problem: string): Explanation {
  const next = 'Remove what is no longer needed, or spread the services over several applications or identities.'
  return { code: 'AZURE_LIMIT', outcome: 'refused', problem, next }
}

function throttled(problem: string): Explanation {
  return {
    code: 'AZURE_THROTTLED',
    outcome: 'unreachable',
    problem: `${problem} Too many calls in a short time, also after several tries.`,
    next: 'Wait a minute and run the command again; it continues where it stopped.',
  }
}

function unavailable(problem: string): Explanation {
  const next = 'Try again later; if it stays, look at https://azure.status.microsoft.'
  return { code: 'AZURE_UNAVAILABLE', outcome: 'unreachable', problem, next }
}

function refused(problem: string): Explanation {
  return {
    code: 'AZURE_REFUSED',
    outcome: 'refused',
    problem,
    next: 'Correct what it names in federate.yaml and run `federate plan azure`.',
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
