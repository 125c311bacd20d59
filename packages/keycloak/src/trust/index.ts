export { hasAdminAccess } from '../admin/access.ts'
export type { CredentialStore } from './credentials.ts'
export type { KeycloakRequest } from './request.ts'
export { type KeycloakTrust, keycloakTrust } from './trust.ts'
