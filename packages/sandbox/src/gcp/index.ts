import { type GcpOptions, type GcpSandbox, GoogleServer } from './sandbox.ts'

export type { GcpFaults } from './faults.ts'
export type { GcpOptions, GcpSandbox } from './sandbox.ts'
export type { Project } from './state.ts'

/**
 * Makes Google's STS, IAM, IAM credentials, Resource Manager and Service Usage for some projects, in memory: real
 * signatures, Google's error bodies and texts.
 *
 * Serve it with `http.createServer(sandbox.handle)`. Stricter than Google where the two differ, but for one marked
 * exception: an issuer on loopback, by http and with a port.
 */
export function createGcp(options: GcpOptions): GcpSandbox {
  const server = new GoogleServer(options)
  return {
    handle: (request, response) => server.handle(request, response),
    adminToken: () => server.adminToken(),
    project: (id) => server.project(id),
    faults: server.faults,
    requests: server.requests,
  }
}
