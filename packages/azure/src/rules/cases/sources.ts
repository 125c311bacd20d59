/** The pages and threads that the cases rest on, named once. */
export const sources = {
  caseSensitive:
    'Microsoft identity platform, reference-breaking-changes, August 2024: FICs use case-sensitive matching of issuer, subject and audience',
  resource: 'Microsoft Graph v1.0, resources/federatedIdentityCredential: the value must match the claim of the token',
  considerations: 'Microsoft Entra, workload-identity-federation-considerations',
  devOps: 'azure-devops-docs, troubleshoot-workload-identity (table of error messages)',
  awi: 'Azure/azure-workload-identity, docs/book/src/troubleshooting.md',
  sovereign: 'Microsoft Entra, workload-identity-federation-config-app-trust-managed-identity (audiences per cloud)',
  whitespace:
    'MicrosoftDocs/entra-docs, workload-id/includes/federated-credential-configuration-considerations: with leading or trailing whitespace in the issuer claim the token exchange is blocked',
  errorCodes: 'Microsoft identity platform, reference-error-codes, AADSTS50027 InvalidJwtToken (reasons listed)',
  spiffe: 'Microsoft Entra, workload-identity-federation-spiffe-spire',
  oidcIdentity: 'XenitAB/aad-oidc-identity, newAccessToken (Entra’s answers of 2021-12-20, quoted in the source)',
  ecdsa: 'AzureAD/microsoft-identity-web#3467 (RSA family only; ES256 refused)',
} as const
