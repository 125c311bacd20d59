import { FederateError, type Verdict } from '@federate/core'
import { type Finding, failed, type Rule as JudgedRule, judge, passed, warned } from '@federate/core/rules'
import { checkRequirements, isMet, refusalOf } from './authorise.ts'
import { type KeySet, readKeySet } from './keys/key-set.ts'
import type { VerifierOptions } from './options.ts'
import { type Answer, Refusal } from './refusal.ts'
import { untrustedIssuer } from './refusals.ts'
import type { Requirement } from './requirement.ts'
import { clientRule } from './rules/client-rule.ts'
import type { Question, Rule } from './rules/rule.ts'
import { rulesBeforeSignature } from './rules/rules.ts'
import { checkSignature } from './signature.ts'
import { type CompactToken, readCompactToken } from './tokens/compact-token.ts'
import { verifiedToken } from './tokens/verified-token.ts'
import { trustedIssuers } from './trusted-issuer.ts'
import { tokenQuestion } from './verifier-option.ts'
import { checkedSettings } from './verifier-settings.ts'

/** A token to be judged offline. */
export interface TokenQuestion {
  readonly token: string
  /** The issuer's keys, parsed from JSON. Without them the signature is not checked. */
  readonly jwks?: Readonly<Record<string, unknown>> | undefined
  /** Where the keys were found, for messages. Default: "The JWK set that was given". */
  readonly jwksSource?: string
  readonly now: Date
  /** What the API asks beyond a valid token. Default: nothing. */
  readonly requirements?: readonly Requirement[]
}

const questionNames = Object.keys({
  ...{ token: true, jwks: true, jwksSource: true, now: true, requirements: true },
} satisfies Record<keyof TokenQuestion, true>)

/**
 * Says what a verifier with these options would say of a token, rule by rule, by the very rules that it goes by. Nobody is
 * asked: keys are given or not, and introspection is left out.
 *
 * @throws FederateError (usage) those of the options and requirements; `JWKS_INVALID`, `JWKS_NO_KEY`, `JWKS_TOO_MANY_KEYS`.
 */
export async function explainToken(options: VerifierOptions, asked: TokenQuestion): Promise<Verdict> {
  const issuers = trustedIssuers(options)
  const { maximumLength, clockTolerance } = checkedSettings(options)
  const { token, jwks, jwksSource, now, requirements = [] } = tokenQuestion.object(asked, questionNames)
  if (!(now instanceof Date)) throw tokenQuestion.at('now').wrong(now, 'a Date')
  if (!Array.isArray(requirements)) throw tokenQuestion.at('requirements').wrong(requirements, 'a list of requirements')
  checkRequirements(requirements)
  const keys = jwks === undefined ? undefined : givenKeys(jwks, jwksSource)
  const compact = caught(() => readCompactToken(token, maximumLength))
  if (compact instanceof Refusal) return judge([found('form', refused(compact))], undefined)
  const form = found('form', passed('It is a signed JWT, well-formed and without duplicate names.'))
  const { iss } = compact.claims
  const terms = typeof iss === 'string' ? issuers.get(iss) : undefined
  if (terms === undefined) {
    return judge([form, found('issuer', refused(untrustedIssuer(iss, [...issuers.keys()])))], undefined)
  }
  const question: Question = {
    ...{ header: compact.header, claims: compact.claims, terms },
    ...{ clockTolerance, now: now.getTime() / 1000 },
  }
  const verified = verifiedToken(compact, terms)
  return judge(
    [
      form,
      found('issuer', passed(`It is by ${terms.issuer}, which is trusted.`)),
      ...rulesBeforeSignature.map((rule) => asJudged(rule, question)),
      found('signature', await signatureFinding(compact, terms.issuer, keys)),
      asJudged(clientRule, question),
      ...requirements.map((requirement) =>
        found(
          requirement.name,
          isMet(requirement, verified) ? passed('The requirement is met.') : refused(refusalOf(requirement, verified)),
        ),
      ),
    ],
    undefined,
  )
}

/** As `readKeySet`, for keys of which the caller said that they are the issuer's. */
function givenKeys(jwks: Readonly<Record<string, unknown>>, source = 'The JWK set that was given'): KeySet {
  try {
    return readKeySet(jwks, source)
  } catch (error) {
    if (!(error instanceof FederateError)) throw error
    const { code, problem } = error
    const next = "Give the document behind the issuer's jwks_uri."
    throw new FederateError({ code, outcome: 'usage', problem, next, details: { source } })
  }
}

async function signatureFinding(token: CompactToken, issuer: string, keys: KeySet | undefined): Promise<Finding> {
  if (keys === undefined) return warned('It was not checked, because the issuer’s keys are not at hand.')
  try {
    const key = await checkSignature(token, issuer, keys)
    return passed(`It is by the issuer’s key ${key.id ?? '(without a kid)'}.`)
  } catch (error) {
    if (error instanceof Refusal) return refused(error)
    throw error
  }
}

function asJudged(rule: Rule, question: Question): JudgedRule<undefined> {
  const objection = rule.objection(question)
  if (objection === undefined) return found(rule.name, passed(rule.passed(question)))
  const { detail, ...extra } = objection
  return found(rule.name, failed(told(rule.answer), detail, extra))
}

function found(name: string, finding: Finding): JudgedRule<undefined> {
  return { name, needs: [], check: () => [finding] }
}

function refused({ answer, problem, next }: Refusal): Finding {
  return failed(told(answer), problem, { next })
}

/** What the caller would be told. */
function told({ status, error, description }: Answer): NonNullable<Verdict['refusal']> {
  return { status, code: error ?? 'unavailable', message: description ?? 'try again later' }
}

function caught<T>(work: () => T): T | Refusal {
  try {
    return work()
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}
