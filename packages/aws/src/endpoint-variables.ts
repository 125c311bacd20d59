import { type CallContext, FederateError } from '@federate/core'

/**
 * Refuses what the SDK would take for an endpoint and then not find: by then it looks like a network that is down.
 *
 * @throws FederateError (usage) `AWS_ENDPOINT`
 */
export function refuseUnusableEndpoints(
  env: CallContext['env'],
  variables: readonly string[] = ['AWS_ENDPOINT_URL_STS', 'AWS_ENDPOINT_URL'],
): void {
  for (const name of variables) {
    const value = env[name]
    if (!value || /^https?:$/.test(URL.parse(value)?.protocol ?? '')) continue
    throw new FederateError({
      code: 'AWS_ENDPOINT',
      outcome: 'usage',
      problem: `${name} is "${value}", expected the URL of an endpoint, as https://sts.eu-central-1.amazonaws.com.`,
      next: `Correct ${name}, or unset it: then AWS's own endpoints are asked.`,
    })
  }
}
