import { audiences, dateClaim } from '@federate/core'
import {
  type Cause,
  claimText,
  explain,
  noMatch,
  type RefusedExchange,
  wrongAudience,
  wrongIssuer,
  wrongSubject,
} from './mismatch-causes.ts'

/** One way in which Entra says no. */
export interface EntraRefusal {
  /** AADSTS codes without the prefix. */
  readonly aadsts: readonly string[]
  readonly code: string
  readonly cause: (exchange: RefusedExchange) => Cause
  /** Passes by itself at times, so it is tried again. Default: false. */
  readonly transient?: boolean
  /** Seen for some minutes after the trust was made, and now and then after a first success. Default: false. */
  readonly propagating?: boolean
}

/**
 * The refusals of Entra's token endpoint. Microsoft warns that codes are no stable interface: they choose words here, and
 * whether to try again, nothing else. Sources: azure-devops-docs "troubleshoot-workload-identity",
 * Azure/azure-workload-identity "troubleshooting", and the issues that the cases of `rules/` name.
 */
export const entraRefusals: readonly EntraRefusal[] = [
  { aadsts: ['700211'], code: 'AZURE_ISSUER', cause: wrongIssuer, propagating: true },
  { aadsts: ['700212', '700214'], code: 'AZURE_AUDIENCE', cause: wrongAudience, propagating: true },
  { aadsts: ['700213'], code: 'AZURE_SUBJECT', cause: wrongSubject, propagating: true },
  { aadsts: ['7002138'], code: 'AZURE_SUBJECT_CASE', cause: wrongSubject, propagating: true },
  { aadsts: ['70021'], code: 'AZURE_NO_MATCH', cause: noMatch, propagating: true },
  { aadsts: ['70025'], code: 'AZURE_NO_FEDERATED_CREDENTIAL', cause: noCredentials, propagating: true },
  { aadsts: ['700016'], code: 'AZURE_CLIENT_NOT_FOUND', cause: noClient, propagating: true },
  { aadsts: ['90002', '900023'], code: 'AZURE_TENANT_NOT_FOUND', cause: noTenant },
  { aadsts: ['700024'], code: 'AZURE_TOKEN_TIME', cause: wrongTime },
  { aadsts: ['5002741'], code: 'AZURE_SEVERAL_AUDIENCES', cause: severalAudiences },
  { aadsts: ['5002727'], code: 'AZURE_TOKEN_TYPE', cause: wrongType },
  { aadsts: ['5002738'], code: 'AZURE_TOKEN_ALGORITHM', cause: wrongAlgorithm },
  { aadsts: ['50027'], code: 'AZURE_TOKEN_INVALID', cause: malformed },
  { aadsts: ['700027', '7000274'], code: 'AZURE_TOKEN_SIGNATURE', cause: wrongSignature },
  { aadsts: ['7000272'], code: 'AZURE_SIGNING_KEY', cause: unknownKey, transient: true },
  { aadsts: ['50166', '501661', '90061'], code: 'AZURE_ISSUER_UNREACHABLE', cause: issuerUnreachable, transient: true },
  { aadsts: ['700222'], code: 'AZURE_OWN_TOKEN', cause: ownToken },
  { aadsts: ['700223', '700238'], code: 'AZURE_FEDERATION_FORBIDDEN', cause: forbidden },
  { aadsts: ['7002381'], code: 'AZURE_FEDERATION_FORBIDDEN', cause: enterpriseClaim },
  { aadsts: ['7002241'], code: 'AZURE_ISSUER_NOT_FLEXIBLE', cause: notFlexible },
  { aadsts: ['700025'], code: 'AZURE_PUBLIC_CLIENT', cause: publicClient },
  { aadsts: ['7000215'], code: 'AZURE_CLIENT_SECRET', cause: secretSent },
  { aadsts: ['53003', '50005'], code: 'AZURE_CONDITIONAL_ACCESS', cause: conditionalAccess },
  { aadsts: ['70052'], code: 'AZURE_MULTI_TENANT', cause: multiTenant },
  { aadsts: ['900382'], code: 'AZURE_CROSS_CLOUD', cause: crossCloud },
  { aadsts: ['70011', '1002012', '500011', '500014'], code: 'AZURE_SCOPE', cause: wrongScope },
]

function noCredentials({ runtime }: RefusedExchange): Cause {
  return {
    because: `The client ${runtime.clientId} has no federated credential, or Entra has not heard of it yet.`,
    next: 'Run `federate setup azure`; right after it, wait some minutes and try again.',
  }
}

function noClient({ runtime }: RefusedExchange): Cause {
  return {
    because: `The tenant ${runtime.tenantId} has no application or managed identity with the client id ${runtime.clientId}, or an application without a service principal.`,
    next: 'Check tenantId and clientId in the service file, or run `federate setup azure`, which writes both.',
    expected: `a client of the tenant ${runtime.tenantId}`,
    actual: runtime.clientId,
  }
}

function noTenant({ runtime }: RefusedExchange): Cause {
  return {
    because: `There is no tenant ${runtime.tenantId} in the cloud "${runtime.environment}".`,
    next: 'Check tenantId with `az account show`, and environment where it is a sovereign cloud.',
    actual: runtime.tenantId,
  }
}

function wrongTime({ claims, now }: RefusedExchange): Cause {
  const [from, until] = [dateClaim(claims, 'nbf'), dateClaim(claims, 'exp')]
  const early = from !== undefined && from > now
  return {
    because: `The token is valid ${from === undefined ? '' : `from ${from.toISOString()} `}until ${until?.toISOString() ?? '(no exp)'}, and it is ${now.toISOString()} here.`,
    next: early
      ? "Set the issuer's clock (NTP)."
      : 'Check that what writes the token is still running, and the clocks (NTP); let tokens for Azure live for 20 minutes.',
  }
}

function severalAudiences({ runtime, claims }: RefusedExchange): Cause {
  const actual = audiences(claims).join(', ')
  return {
    because: `The token has the audiences ${actual}, and Entra takes one.`,
    next: 'Ask for a token for Azure alone: in Keycloak, switch "Full scope allowed" off and take the client scope "roles" away, which adds "account".',
    expected: runtime.audience,
    actual,
  }
}

function wrongType({ header }: RefusedExchange): Cause {
  return {
    because: `The header's typ is ${JSON.stringify(header['typ'])}.`,
    next: 'Have the issuer write typ JWT: in Keycloak, switch "Use RFC 9068 access token header type" off for the client.',
    expected: 'JWT',
    actual: String(header['typ']),
  }
}

function wrongAlgorithm({ header }: RefusedExchange): Cause {
  return {
    because: `The token is signed with ${String(header['alg'])}.`,
    next: 'Have the issuer sign with RS256: in Keycloak the client\'s "Access token signature algorithm".',
    expected: 'RS256',
    actual: String(header['alg']),
  }
}

function malformed(): Cause {
  return { because: 'A claim is missing or has a shape that Entra does not read.', next: explain }
}

function wrongSignature({ claims }: RefusedExchange): Cause {
  return {
    because: `The signature does not hold with the keys that ${claimText(claims, 'iss')} publishes.`,
    next: 'Get a new token, and check that the JWKS of the issuer is the one of the realm that signed.',
  }
}

function unknownKey({ claims, header }: RefusedExchange): Cause {
  return {
    because: `The key ${String(header['kid'])} is not among those that Entra knows of ${claimText(claims, 'iss')}; it keeps them for half an hour.`,
    next: 'After a key rotation, wait; publish the next key long before signing with it. Else check that jwks_uri lists this kid.',
    actual: String(header['kid']),
  }
}

function issuerUnreachable({ claims }: RefusedExchange): Cause {
  return {
    because: `Entra could not fetch discovery or keys of ${claimText(claims, 'iss')}: a firewall, DNS, a certificate of a private authority, or an outage.`,
    next: 'Make the discovery document and the keys reachable from the internet under the very URL that stands in iss; `federate explain azure` names them.',
  }
}

function ownToken(): Cause {
  return {
    because: 'The token is one of Entra itself.',
    next: 'Send the token of Keycloak, or of another issuer outside Entra.',
  }
}

function forbidden({ claims }: RefusedExchange): Cause {
  return {
    because: `A policy of the tenant forbids workload identity federation, or the issuer ${claimText(claims, 'iss')}.`,
    next: 'Ask the administrator of the tenant to allow this issuer; for managed identities it may be allowed already (managedIdentity instead of application).',
  }
}

function enterpriseClaim(): Cause {
  return {
    because: 'A policy of the tenant demands an enterprise claim in tokens of this issuer.',
    next: 'Ask the administrator of the tenant to exempt this application, or this issuer.',
  }
}

function notFlexible(): Cause {
  return {
    because:
      'The federated credential matches by an expression, which Entra allows for GitHub, GitLab and Terraform Cloud only.',
    next: 'Give the credential one exact subject; `federate setup azure` does.',
  }
}

function publicClient(): Cause {
  return {
    because: 'The application is a public client, and these do not prove themselves.',
    next: 'Switch "Allow public client flows" off in the application, or let `federate setup azure` make one of its own.',
  }
}

function secretSent(): Cause {
  return {
    because: 'A client secret was sent instead of a federated token.',
    next: 'Take AZURE_CLIENT_SECRET out of the environment.',
  }
}

function conditionalAccess(): Cause {
  return {
    because: 'A conditional access policy of the tenant blocks this service principal, by its location or its risk.',
    next: 'Ask the administrator of the tenant to admit the addresses of this host, or to exempt the service principal.',
  }
}

function multiTenant(): Cause {
  return {
    because: 'The application admits several tenants, and this issuer only those of one.',
    next: 'Set signInAudience to AzureADMyOrg; `federate setup azure` makes applications so.',
  }
}

function crossCloud({ runtime }: RefusedExchange): Cause {
  return {
    because: `The application or its tenant is of another cloud than "${runtime.environment}".`,
    next: 'Set environment to the cloud of the tenant: public, usgovernment or china.',
  }
}

function wrongScope({ runtime }: RefusedExchange): Cause {
  return {
    because: `The scope is ${runtime.scope}.`,
    next: 'Name one resource of the tenant: in code as https://storage.azure.com/.default, at the command with `--resource https://storage.azure.com`, or as scope of the target in federate.yaml.',
    actual: runtime.scope,
  }
}
