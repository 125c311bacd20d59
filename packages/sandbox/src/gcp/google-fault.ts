/** The names of google.rpc.Code that Google's JSON APIs use, with their HTTP status (google/rpc/code.proto). */
const statuses = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ABORTED: 409,
  ALREADY_EXISTS: 409,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
} as const

export type GoogleStatus = keyof typeof statuses

/** An error as Google's APIs answer it: `{ error: { code, message, status, details } }` (AIP-193). */
export class GoogleFault extends Error {
  readonly status: GoogleStatus
  readonly details: readonly object[]

  constructor(status: GoogleStatus, message: string, details: readonly object[] = []) {
    super(message)
    this.status = status
    this.details = details
  }

  get httpStatus(): number {
    return statuses[this.status]
  }

  body(): object {
    const { status, message, details, httpStatus } = this
    return { error: { code: httpStatus, message, status, ...(details.length === 0 ? {} : { details }) } }
  }
}

/** An error as STS answers it (RFC 6749 section 5.2). */
export class StsFault extends Error {
  readonly error: string
  readonly httpStatus: number

  constructor(error: string, description: string, httpStatus = 400) {
    super(description)
    this.error = error
    this.httpStatus = httpStatus
  }

  body(): object {
    return { error: this.error, error_description: this.message }
  }
}

function errorInfo(reason: string, domain: string, metadata: object): object {
  return { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain, metadata }
}

/** What IAM says of a permission, whether the resource exists or not. */
export function permissionDenied(permission: string, resource: string): GoogleFault {
  const message = `Permission '${permission}' denied on resource (or it may not exist).`
  const info = errorInfo('IAM_PERMISSION_DENIED', 'iam.googleapis.com', { permission, resource })
  return new GoogleFault('PERMISSION_DENIED', message, [info])
}

export function unauthenticated(): GoogleFault {
  return new GoogleFault(
    'UNAUTHENTICATED',
    'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.',
  )
}

/** What every API says in a project that has not enabled it (Service Usage documentation, SERVICE_DISABLED). */
export function serviceDisabled(service: string, title: string, number: string): GoogleFault {
  const url = `https://console.developers.google.com/apis/api/${service}/overview?project=${number}`
  const message = `${title} has not been used in project ${number} before or it is disabled. Enable it by visiting ${url} then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.`
  const metadata = { service, consumer: `projects/${number}`, serviceTitle: title, activationUrl: url }
  return new GoogleFault('PERMISSION_DENIED', message, [errorInfo('SERVICE_DISABLED', 'googleapis.com', metadata)])
}

export function notFound(): GoogleFault {
  return new GoogleFault('NOT_FOUND', 'Requested entity was not found.')
}

export function alreadyExists(): GoogleFault {
  return new GoogleFault('ALREADY_EXISTS', 'Requested entity already exists')
}

export function invalid(message: string): GoogleFault {
  return new GoogleFault('INVALID_ARGUMENT', message)
}
