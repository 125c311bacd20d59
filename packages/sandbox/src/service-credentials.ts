import { dirname } from 'node:path'
import {
  FederateError,
  type FederateFile,
  isTokenReference,
  type Now,
  type SecretReference,
  type ServiceWish,
} from '@federate/core'
import type { CertificateAuthority } from './certificate-authority.ts'
import { authorityOf, certificateSubject } from './client-certificates.ts'
import { CredentialKeeper } from './credential-keeper.ts'
import type { ClientDefinition, SecretAlgorithm } from './issuer/realm.ts'
import { newPrivateKey, newSecret, publicJwk } from './new-credential.ts'
import { WorkloadIssuer } from './workload-issuer.ts'

/** What the issuer must know of a service to believe it. Nothing for a service that reads its token from a file. */
export type ClientCredential = Pick<
  ClientDefinition,
  'secret' | 'secretAlgorithm' | 'jwks' | 'certificateSubject' | 'federated'
>

export interface ServiceCredentials {
  /** By the service's name. */
  readonly clients: ReadonlyMap<string, ClientCredential>
  /** Credentials made for services that read theirs from the environment. */
  readonly env: Readonly<Record<string, string>>
  /** Of the issuers that ask for certificates, by their URL. */
  readonly authorities: ReadonlyMap<string, CertificateAuthority>
  /** Who signs for the services with an assertion in a file; `undefined` where there is none. */
  readonly workloads: WorkloadIssuer | undefined
}

export interface CredentialOptions {
  /** Default: the process's environment. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Told of every credential that is made. Default: nobody. */
  readonly log?: (message: string) => void
  /** Default: `Date.now`. */
  readonly now?: Now
}

/**
 * Reads the credential of every service of federate.yaml from where the service will look for it, and makes the ones
 * that are missing: files with mode 0600, environment variables in the result.
 *
 * @throws FederateError `SANDBOX_AUTHENTICATION` for a method that the issuer does not know, and for certificates without
 *   `ca`; `SANDBOX_SECRET_PLACE` for a missing file outside of federate.yaml's folder whose folder does not exist; the
 *   errors of `readSecret` for one that cannot be read; `SANDBOX_KEY` for a key that is none; `SANDBOX_CERTIFICATE` for a
 *   certificate that the sandbox's authority did not issue or that is no longer valid.
 */
export async function prepareCredentials(
  file: FederateFile,
  options: CredentialOptions = {},
): Promise<ServiceCredentials> {
  const { now = Date.now } = options
  const keeper = new CredentialKeeper(dirname(file.path), options)
  const authorities = new Map<string, CertificateAuthority>()
  const clients = new Map<string, ClientCredential>()
  const assertions = file.services.some(({ auth }) => auth.method === 'jwt_file')
  const making = { keeper, authorities, now, workloads: assertions ? await WorkloadIssuer.make() : undefined }
  // One after the other: services may share a file.
  for (const service of file.services) clients.set(service.name, await clientCredential(service, making))
  return { clients, env: keeper.made, authorities, workloads: making.workloads }
}

const secretAlgorithms: readonly SecretAlgorithm[] = ['HS256', 'HS384', 'HS512']

interface Making {
  readonly keeper: CredentialKeeper
  readonly authorities: Map<string, CertificateAuthority>
  readonly workloads: WorkloadIssuer | undefined
  readonly now: Now
}

async function clientCredential(service: ServiceWish, making: Making): Promise<ClientCredential> {
  const { auth } = service
  const { keeper } = making
  if (isTokenReference(auth)) return {}
  switch (auth.method) {
    case 'client_secret_basic':
    case 'client_secret_post':
      return { secret: await keeper.readOrMake(auth.secret, newSecret) }
    case 'client_secret_jwt': {
      const secretAlgorithm = secretAlgorithms.find((one) => one === (auth.algorithm ?? 'HS256'))
      if (secretAlgorithm === undefined) throw unknownHere(`client_secret_jwt with ${auth.algorithm}`)
      return { secret: await keeper.readOrMake(auth.secret, newSecret), secretAlgorithm }
    }
    case 'private_key_jwt': {
      if (auth.certificate !== undefined) throw unknownHere('private_key_jwt with a certificate')
      const passphrase = await passphraseOf(auth, keeper)
      const key = await keeper.readOrMake(auth.key, () => newPrivateKey(auth.algorithm, passphrase))
      return { jwks: { keys: [await publicJwk(key, auth, passphrase)] } }
    }
    case 'tls_client_auth': {
      const passphrase = await passphraseOf(auth, keeper)
      const authority =
        making.authorities.get(service.issuer.url) ?? (await authorityOf(service.issuer, keeper, making.now))
      making.authorities.set(service.issuer.url, authority)
      const { clientId } = service
      return { certificateSubject: await certificateSubject({ clientId, auth, passphrase }, authority, making) }
    }
    case 'jwt_file':
      return making.workloads === undefined ? {} : { federated: making.workloads.credentialOf(service.name) }
  }
}

async function passphraseOf(
  { passphrase }: { readonly passphrase?: SecretReference },
  keeper: CredentialKeeper,
): Promise<string | undefined> {
  return passphrase === undefined ? undefined : keeper.readOrMake(passphrase, newSecret)
}

function unknownHere(method: string): FederateError {
  return new FederateError({
    code: 'SANDBOX_AUTHENTICATION',
    outcome: 'usage',
    problem: `A service of federate.yaml proves itself by ${method}, which the sandbox's issuer does not know.`,
    next: 'Give the service another method for the sandbox, or try this one with a real Keycloak: federate sandbox --no-issuer.',
  })
}
