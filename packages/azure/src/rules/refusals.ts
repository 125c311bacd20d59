import type { Refusal } from '@federate/core/rules'

/** The reason of an invalid signature state that means: discovery or keys could not be fetched at all. */
export const metadataNotFetched = 'The issuer’s discovery document or keys could not be fetched.'

/** The reason of an invalid signature state that means: the keys were fetched, and the token’s is not among them. */
export const keyNotPublished = 'The key is not among those that the issuer publishes.'

const checkCredential =
  'Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation'

// The texts are those of the public answers that the cases name.
export function applicationNotFound(clientId: string, tenantId: string): Refusal {
  const message = `Application with identifier '${clientId}' was not found in the directory '${tenantId}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`
  return { code: 'AADSTS700016', message, status: 400 }
}

export function noCredentials(clientId: string): Refusal {
  const message = `The client '${clientId}' has no configured federated identity credentials.`
  return { code: 'AADSTS70025', message, status: 401 }
}

export function malformed(): Refusal {
  return { code: 'AADSTS50027', message: 'JWT token is invalid or malformed.', status: 400 }
}

export function headerType(): Refusal {
  const message = "Invalid JWT header type specified. Allowed types: 'JWT','http://openid.net/specs/jwt/1.0'."
  return { code: 'AADSTS5002727', message, status: 400 }
}

export function signatureAlgorithm(algorithm: string): Refusal {
  const message = `Invalid JWT token. '${algorithm}' is not a supported signature algorithm. Supported signing algorithms are: 'RS256,RS384,RS512'`
  return { code: 'AADSTS5002738', message, status: 400 }
}

export function severalAudiences(count: number): Refusal {
  const message = `Number of audience values in the provided client credential exceed maximum allowed. ${count} audience values provided, maximum allowed is 1.`
  return { code: 'AADSTS5002741', message, status: 400 }
}

export function ownToken(): Refusal {
  return {
    code: 'AADSTS700222',
    message: 'AAD-issued tokens may not be used for federated identity flows.',
    status: 401,
  }
}

export function issuerUnmatched(issuer: string): Refusal {
  return unmatched('AADSTS700211', `issuer '${issuer}'`)
}

export function audienceUnmatched(audience: string): Refusal {
  return unmatched('AADSTS700212', `audience '${audience}'`)
}

export function subjectUnmatched(subject: string): Refusal {
  return unmatched('AADSTS700213', `subject '${subject}'`)
}

export function subjectCaseUnmatched(subject: string): Refusal {
  const message = `No matching federated identity record found for presented assertion subject '${subject}'. The subject matches with case-insensitive comparison, but not with case-sensitive comparison. ${checkCredential}`
  return { code: 'AADSTS7002138', message, status: 401 }
}

export function outsideTimeRange(now: string, from: string, to: string): Refusal {
  const message = `Client assertion is not within its valid time range. Current time: ${now}, assertion valid from ${from}, expiry time of assertion ${to}. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials .`
  return { code: 'AADSTS700024', message, status: 401 }
}

export function metadataRequestFailed(): Refusal {
  return { code: 'AADSTS50166', message: 'Request to External OIDC endpoint failed.', status: 400 }
}

export function keyUnknown(keyId: string, issuer: string): Refusal {
  const message = `The certificate with identifier ${keyId} used to sign the federated credential could not be found in the metadata of identity provider ${issuer}. Please validate that your Identity Provider's metadata exposes the key used to sign the incoming token.`
  return { code: 'AADSTS7000272', message, status: 401 }
}

export function invalidSignature(): Refusal {
  return { code: 'AADSTS7000274', message: 'Client assertion contains an invalid signature.', status: 401 }
}

function unmatched(code: string, what: string): Refusal {
  const message = `No matching federated identity record found for presented assertion ${what}. ${checkCredential}`
  return { code, message, status: 401 }
}
