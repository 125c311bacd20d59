import { type CallContext, FederateError, isLoopbackHost } from '@federate/core'

/** The Google APIs that federate calls, by the names under which gcloud knows their endpoints. */
export type GoogleApi = 'sts' | 'iamcredentials' | 'iam' | 'cloudresourcemanager' | 'serviceusage'

const defaultUniverse = 'googleapis.com'

/** Where Google is: the public cloud, another universe (Trusted Cloud), or one of its regions. */
export interface GooglePlace {
  /** The domain of all APIs. Default: `googleapis.com`. */
  readonly universe?: string | undefined
  /** Region of a regional STS endpoint, such as `europe-west1`. Default: the global one. */
  readonly location?: string | undefined
}

/**
 * The base URL of an API, without a slash at its end. What gcloud is told by
 * `CLOUDSDK_API_ENDPOINT_OVERRIDES_<API>` is heeded, so that one variable moves both.
 *
 * @throws FederateError (usage) `GCP_ENDPOINT_INVALID` for an override that is no URL, or http anywhere but on loopback.
 */
export function endpoint(api: GoogleApi, place: GooglePlace, env: CallContext['env']): string {
  const variable = `CLOUDSDK_API_ENDPOINT_OVERRIDES_${api.toUpperCase()}`
  const override = env[variable]
  if (override !== undefined && override !== '') return checked(override, variable)
  const { universe = defaultUniverse, location } = place
  // Regional STS: gcloud's cred_config.py; only the token endpoint has such a form.
  if (api === 'sts' && location !== undefined) return `https://sts.${location}.rep.${universe}`
  return `https://${api}.${universe}`
}

function checked(text: string, variable: string): string {
  const url = URL.parse(text)
  const secure = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname))
  if (url !== null && secure && url.search === '' && url.hash === '') return url.href.replace(/\/+$/, '')
  throw new FederateError({
    code: 'GCP_ENDPOINT_INVALID',
    outcome: 'usage',
    problem: `${variable} is ${JSON.stringify(text)}, where an https URL was expected; http is for loopback addresses only.`,
    next: `Unset ${variable}, or give a URL such as https://sts.googleapis.com/.`,
  })
}
