import type { CloudCredentials, Endpoint, Lender, RuntimeTarget } from '@federate/core'
import type { Door } from './server.ts'

export interface LentTarget<Runtime extends RuntimeTarget, Credentials extends CloudCredentials> {
  readonly service: string
  readonly target: string
  readonly runtime: Runtime
  readonly endpoint: Endpoint<Runtime, Credentials>
  readonly lender: Lender<Credentials>
}

/** Where a target's door is. */
export function targetPath(service: string, target: string): string {
  return `/${encodeURIComponent(service)}/${encodeURIComponent(target)}`
}

/** The door behind which one target's credentials are fetched by its cloud's own SDKs. */
export function targetDoor<Runtime extends RuntimeTarget, Credentials extends CloudCredentials>(
  { service, target, runtime, endpoint, lender }: LentTarget<Runtime, Credentials>,
  secret: string,
): Door {
  return {
    path: targetPath(service, target),
    secret: { header: endpoint.secretHeader, value: secret },
    answer: (query) => endpoint.answer({ query }, lender, runtime),
    refusal: endpoint.refusal,
  }
}
