import { type AwsOptions, type AwsSandbox, QueryServer } from './sandbox.ts'

export type { Faults } from './fault-injection.ts'
export type { AwsOptions, AwsSandbox, RecordedRequest } from './sandbox.ts'
export type { Account, Provider, Role } from './state.ts'

/**
 * Makes AWS's IAM and STS for some accounts, in memory: real signatures, real XML, AWS's codes and messages.
 *
 * Serve it with `http.createServer(sandbox.handle)`. Stricter than AWS where the two differ, but for one marked
 * exception: an issuer on loopback, by http and with a port.
 */
export function createAws(options: AwsOptions): AwsSandbox {
  const server = new QueryServer(options)
  return {
    handle: (request, response) => server.handle(request, response),
    adminCredentials: (account) => server.adminCredentials(account),
    account: (id) => server.account(id),
    faults: server.faults,
    requests: server.requests,
  }
}
