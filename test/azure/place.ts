import { billingAlone, makePlace, type Place } from '../cli/harness.ts'

export const tenant = '2a585d57-a5a8-4688-a60c-9796389eae7a'

const yaml = `${billingAlone}    targets:
      files: { cloud: azure, tenant: ${tenant}, application: billing, scope: https://storage.azure.com }
`

/** A place whose sandbox has Azure, where a service was set up. */
export async function azurePlace(): Promise<Place> {
  const place = await makePlace(yaml)
  await place.startSandbox()
  await place.setUp('azure')
  return place
}

/** Where programs of Node find Azure's own library. */
export const azureModules = new URL('../../packages/azure/node_modules', import.meta.url).pathname

/** How many exchanges Entra has seen. */
export function exchanges({ sandbox }: Place): number {
  return sandbox.azure.requests.filter((one) => one === `POST /${tenant}/oauth2/v2.0/token`).length
}
