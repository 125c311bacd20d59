/**
 * The user name of a client's service account, and so the `sub` of its tokens for clouds.
 *
 * Keycloak lower-cases user names: client ids that differ only by case would share a subject, and Keycloak refuses the
 * second.
 */
export function serviceAccountSubject(clientId: string): string {
  return `service-account-${clientId}`.toLowerCase()
}
