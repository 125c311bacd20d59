import type { FederatedCredential } from '../rules/index.ts'
import { applicationAddress, identityAddress } from './addresses.ts'
import { found } from './not-there-yet.ts'
import type { Tenant } from './tenant.ts'

/** What federated credentials belong to, whichever of the two it is. */
export interface CredentialParent {
  readonly address: string
  readonly label: string
  /** As read in bulk; `undefined` while the parent does not exist. */
  read(signal: AbortSignal): Promise<readonly FederatedCredential[] | undefined>
  reread(signal: AbortSignal): Promise<readonly FederatedCredential[] | undefined>
  put(credential: FederatedCredential, description: string, signal: AbortSignal): Promise<void>
  delete(name: string, signal: AbortSignal): Promise<void>
}

export function applicationParent({ id, directory }: Tenant, name: string): CredentialParent {
  const known = async (signal: AbortSignal) => (await directory.applications(signal)).get(name)
  const existing = (signal: AbortSignal) => found(known(signal), `application ${name}`)
  return {
    address: applicationAddress(id, name),
    label: `application ${name}`,
    read: async (signal) => (await known(signal))?.federatedCredentials,
    reread: async (signal) => {
      const application = await known(signal)
      return application === undefined ? undefined : directory.credentialsOf(application, signal)
    },
    put: async ({ name: credential, ...fields }, description, signal) =>
      directory.upsertCredential(await existing(signal), credential, { ...fields, description }, signal),
    delete: async (credential, signal) => directory.deleteCredential(await existing(signal), credential, signal),
  }
}

export function identityParent({ resourceManager }: Tenant, path: string): CredentialParent {
  return {
    address: identityAddress(path),
    label: `managed identity ${path.split('/').at(-1)}`,
    read: async (signal) => (await resourceManager.identity(path, signal))?.federatedCredentials,
    reread: async (signal) => {
      const identity = await resourceManager.identity(path, signal)
      return identity === undefined ? undefined : resourceManager.credentialsOf(path, signal)
    },
    put: (credential, _description, signal) => resourceManager.putCredential(path, credential, signal),
    delete: (name, signal) => resourceManager.deleteCredential(path, name, signal),
  }
}
