export type {
  Account,
  AwsOptions,
  AwsSandbox,
  Faults as AwsFaults,
  Provider,
  RecordedRequest,
  Role,
} from './aws/index.ts'
export { createAws } from './aws/index.ts'
export type {
  AzureDelays,
  AzureFaults,
  AzureOperation,
  AzureOptions,
  AzureSandbox,
  AzureTenant,
} from './azure/index.ts'
export { createAzure } from './azure/index.ts'
export type { AzureControl } from './azure/serve.ts'
export { CertificateAuthority, type CertificatePair } from './certificate-authority.ts'
export type { GcpFaults, GcpOptions, GcpSandbox, Project } from './gcp/index.ts'
export { createGcp } from './gcp/index.ts'
export { isInTheWay } from './in-the-way.ts'
export type { Endpoint, Fault } from './issuer/faults.ts'
export { createIssuer, Issuer, type IssuerOptions } from './issuer/issuer.ts'
export type { RotationOptions } from './issuer/keys.ts'
export type { IssuerAnswer, IssuerRequest } from './issuer/message.ts'
export { nodeHandler } from './issuer/node-handler.ts'
export { basicScope, type ClientDefinition, type RealmDefinition, type TrustedIssuer } from './issuer/realm.ts'
export { RealmControl } from './issuer/realm-control.ts'
export { type IssuerPlace, issuerPlace } from './issuer-place.ts'
export { type SandboxIssuers, serveIssuers } from './issuers.ts'
export { type ListenOptions, type LoopbackServer, serveOnLoopback } from './loopback-server.ts'
export { realmsFrom } from './realms-from.ts'
export { type Sandbox, type SandboxOptions, startSandbox } from './sandbox.ts'
export {
  type ClientCredential,
  type CredentialOptions,
  prepareCredentials,
  type ServiceCredentials,
} from './service-credentials.ts'
export { type StandIn, standIn } from './stand-in.ts'
