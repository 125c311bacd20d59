/** A realm as addresses name it: the issuer's URL without its scheme. */
function realmAddress(issuer: string): string {
  return `keycloak:${issuer.replace(/^https?:\/\//, '')}`
}

export function scopeAddress(issuer: string, name: string): string {
  return `${realmAddress(issuer)}/client-scope/${name}`
}

export function clientAddress(issuer: string, clientId: string): string {
  return `${realmAddress(issuer)}/client/${clientId}`
}
