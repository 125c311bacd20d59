import { FederateError, type Fields, stringAt } from '@federate/core'

const providerName = /^projects\/(?<project>[^/]+)\/locations\/global\/workloadIdentityPools\/[^/]+\/providers\/[^/]+$/

/**
 * Reads the name of a provider, with or without what the audience of an exchange puts before it.
 *
 * @throws FederateError (usage) `SERVICE_FILE_INVALID`, `GCP_PROVIDER_NAME`.
 */
export function providerAt(fields: Fields, where: string): string {
  const text = stringAt(fields, 'provider', where)
  const name = text.replace(/^(?:https:)?\/\/iam\.googleapis\.com\//, '')
  const { project } = providerName.exec(name)?.groups ?? {}
  if (project === undefined) {
    throw wrongName(
      `${where}.provider is "${text}", where projects/<number>/locations/global/workloadIdentityPools/<pool>/providers/<provider> was expected.`,
      'Copy the name from `gcloud iam workload-identity-pools providers describe`, or run `federate setup gcp`.',
    )
  }
  if (/^\d+$/.test(project)) return name
  throw wrongName(
    `${where}.provider names the project by its id, "${project}", and Google wants its number there.`,
    `Look it up: \`gcloud projects describe ${project} --format="value(projectNumber)"\`.`,
  )
}

function wrongName(problem: string, next: string): FederateError {
  return new FederateError({ code: 'GCP_PROVIDER_NAME', outcome: 'usage', problem, next })
}
