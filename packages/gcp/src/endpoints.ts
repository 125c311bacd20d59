import { type CallContext, FederateError, isLoopbackHost } from '@federate/core'

/** Google's APIs that federation uses, by their names in host names and in gcloud's properties. */
export type GoogleApi = 'sts' | 'iamcredentials' | 'iam' | 'cloudresourcemanager' | 'serviceusage'

/** Where Google is: other clouds of Google's make have a domain of their own, and STS has places of its own. */
export interface GoogleWhere {
  /** Default: `googleapis.com`. */
  readonly universe?: string | undefined
  /** A region, for the regional STS. Default: the global one. */
  readonly location?: string | undefined
}

/**
 * The address of an API, without a slash at its end.
 *
 * `CLOUDSDK_API_ENDPOINT_OVERRIDES_<API>` wins, as in gcloud (`gcloud topic configurations`, api_endpoint_overrides).
 *
 * @throws FederateError (usage) `GCP_ENDPOINT` when the variable is no https URL; http is for loopback only.
 */
export function endpointOf(api: GoogleApi, where: GoogleWhere, env: CallContext['env']): string {
  const name = `CLOUDSDK_API_ENDPOINT_OVERRIDES_${api.toUpperCase()}`
  const override = env[name]
  if (override !== undefined && override !== '') return checkedEndpoint(name, override)
  const { universe = 'googleapis.com', location } = where
  if (api === 'sts' && location !== undefined) return `https://sts.${location}.rep.${universe}`
  return `https://${api}.${universe}`
}

function checkedEndpoint(name: string, text: string): string {
  const url = URL.parse(text)
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname))) {
    return text.replace(/\/+$/, '')
  }
  throw new FederateError({
    code: 'GCP_ENDPOINT',
    outcome: 'usage',
    problem: `${name} is ${text}, where an https URL was expected; http is for loopback addresses only.`,
    next: `Correct ${name}, or unset it to ask Google itself.`,
  })
}
