import { FederateError, type HttpAnswer } from '@federate/core'

/** For those who look for the Admin API of the sandbox's realms. */
const sandboxRealms =
  'its realm is made from federate.yaml when it starts, so change that file and start it again. `federate setup keycloak` and `federate keys` need a real Keycloak.'

/** Whether it was the sandbox that answered: it says so in each of its answers. */
export function isSandbox(answer: HttpAnswer): boolean {
  return answer.header('server') === 'federate-sandbox'
}

export function sandboxHasNoAdmin(url: string): FederateError {
  return new FederateError({
    code: 'KEYCLOAK_IS_SANDBOX',
    outcome: 'usage',
    problem: `${new URL(url).origin} is the sandbox of federate, which plays a realm's tokens and keys and has no Admin API.`,
    next: `There is nothing to set up in it: ${sandboxRealms}`,
    details: { url },
  })
}
