import { type Finding, failed, passed, unknown } from '@federate/core/rules'
import { audienceList, type ClientId, clientIdOf } from './claims.ts'
import { providerOf } from './provider.ts'
import { invalidToken, tokenNotValidated } from './refusals.ts'
import type { Rule } from './rule.ts'

const clientIdRule: Rule = {
  name: 'client-id',
  needs: ['required-claims', 'audience-shape', 'provider'],
  check(question) {
    const clientId = clientIdOf(question.token.claims)
    const provider = providerOf(question)
    // The rule "provider" has said already why none was found.
    if (provider === undefined) return []
    if (clientId.kind !== 'one') return [unusable(clientId)]
    const registered = provider.clientIds
    if (registered === undefined) return [unlisted(`${clientId.claim}: ${clientId.value}`)]
    const pair = {
      expected: registered.join(', ') || '(no client id)',
      actual: `${clientId.claim}: ${clientId.value}`,
    }
    if (registered.includes(clientId.value))
      return [passed(`The provider lists the token's ${clientId.claim} as a client id.`, pair)]
    const listed = (audienceList(question.token.claims) ?? []).some((one) => registered.includes(one))
    return [
      failed(tokenNotValidated(), `The provider does not list the token's ${clientId.claim} as a client id.`, {
        ...pair,
        next: advice(clientId.claim, listed),
      }),
    ]
  },
}

function unlisted(actual: string): Finding {
  return unknown('Which client ids the provider lists is not known here.', {
    actual,
    next: 'Give the provider too: save what `aws iam get-open-id-connect-provider` prints, and name that file.',
  })
}

function unusable(clientId: Exclude<ClientId, { kind: 'one' }>): Finding {
  if (clientId.kind === 'invalid')
    return failed(tokenNotValidated(), `The claim ${clientId.claim} is not a text that AWS can compare.`, {
      expected: 'a string that is not empty',
      next: `Have the issuer write ${clientId.claim} as one string, or leave azp out.`,
    })
  const message = 'Token audience contains more than one audience while authorized party is not present'
  return failed(invalidToken(message), 'The token has several audiences and no azp, so AWS does not choose.', {
    expected: 'one audience, or azp',
    actual: clientId.values.join(', '),
    next: 'Ask for a token with one audience only.',
  })
}

function advice(claim: 'azp' | 'aud', audienceListed: boolean): string {
  if (claim === 'azp' && audienceListed)
    return 'The aud would be accepted, but AWS compares azp wherever it is present: attach the scope federate-aws, which sets both, or add the azp to the provider.'
  return 'Ask for a token for the audience that the provider lists, or add this one to the provider’s client ids.'
}

/** The provider's client ids against `azp`, and `aud` where `azp` is absent. */
export const audienceRules: readonly Rule[] = [clientIdRule]
