import { type Now, nodeFetch, type Seconds } from '@federate/core'
import { Introspector } from './introspection/introspector.ts'
import { KeyKeeper } from './keys/key-keeper.ts'
import type { VerifierOptions } from './options.ts'
import { refusalBy, untrustedIssuer } from './refusals.ts'
import { clientRule } from './rules/client-rule.ts'
import type { Question, Rule } from './rules/rule.ts'
import { rulesBeforeSignature } from './rules/rules.ts'
import { checkSignature } from './signature.ts'
import { readCompactToken } from './tokens/compact-token.ts'
import { RememberedTokens, tokenId } from './tokens/remembered-tokens.ts'
import { type VerifiedToken, verifiedToken } from './tokens/verified-token.ts'
import { type IssuerTerms, trustedIssuers } from './trusted-issuer.ts'
import { checkedSettings } from './verifier-settings.ts'

/** Verifies access tokens of the issuers that it trusts. Keeps their keys; make one per process and share it. */
export interface Verifier {
  /**
   * Resolves with what the token says once its issuer, its claims, its signature and, by choice, the issuer's word hold.
   *
   * @param token the access token, as in `Authorization: Bearer <token>`
   * @throws Refusal `TOKEN_…` (401, 403), `KEYS_UNAVAILABLE`, `INTROSPECTION_UNAVAILABLE` (503).
   */
  verify(token: string): Promise<VerifiedToken>
}

/** A trusted issuer with all that is needed to hold its tokens to its terms. */
interface TrustedParty {
  readonly terms: IssuerTerms
  readonly keys: KeyKeeper
  readonly introspector: Introspector | undefined
}

/**
 * A verifier for the tokens of one issuer, or of several. Nothing is fetched before the first token comes.
 *
 * @throws FederateError (usage) those of `trustedIssuers`, for whatever is not an option as described, too.
 */
export function createVerifier(options: VerifierOptions): Verifier {
  return new TokenVerifier(options)
}

/** A verifier behind a door, whose options hold those of the door, too. @throws FederateError as `createVerifier` */
export function createVerifierBehind(door: readonly string[], options: VerifierOptions): Verifier {
  return new TokenVerifier(options, door)
}

class TokenVerifier implements Verifier {
  readonly #parties: ReadonlyMap<string, TrustedParty>
  readonly #remembered: RememberedTokens
  readonly #now: Now
  readonly #clockTolerance: Seconds
  readonly #maximumLength: number

  constructor(options: VerifierOptions, alsoKnown: readonly string[] = []) {
    const issuers = trustedIssuers(options, alsoKnown)
    const { fetch = nodeFetch(), now, warn, keys, ...settings } = checkedSettings(options)
    const party = (terms: IssuerTerms): TrustedParty => ({
      terms,
      keys: new KeyKeeper(terms, { ...keys, fetch, now, warn, random: Math.random }),
      introspector:
        terms.introspection && new Introspector(terms.introspection, { issuer: terms.issuer, fetch, now, warn }),
    })
    this.#parties = new Map([...issuers].map(([issuer, terms]) => [issuer, party(terms)]))
    this.#remembered = new RememberedTokens(settings.rememberedTokens)
    this.#now = now
    this.#clockTolerance = settings.clockTolerance
    this.#maximumLength = settings.maximumLength
  }

  async verify(text: string): Promise<VerifiedToken> {
    // What is too long, or no text at all, is refused before it is hashed.
    if (typeof text !== 'string' || text.length > this.#maximumLength) readCompactToken(text, this.#maximumLength)
    const id = tokenId(text)
    const token = this.#known(id) ?? (await this.#verifyAnew(id, text))
    await this.#parties.get(token.issuer)?.introspector?.check(id, text)
    return token
  }

  #known(id: string): VerifiedToken | undefined {
    const found = this.#remembered.get(id, this.#seconds())
    if (found === undefined || this.#parties.get(found.token.issuer)?.keys.holds(found.key) === true)
      return found?.token
    this.#remembered.forget(id)
    return undefined
  }

  async #verifyAnew(id: string, text: string): Promise<VerifiedToken> {
    const compact = readCompactToken(text, this.#maximumLength)
    const { iss } = compact.claims
    const party = typeof iss === 'string' ? this.#parties.get(iss) : undefined
    if (party === undefined) throw untrustedIssuer(iss, [...this.#parties.keys()])
    const question: Question = {
      ...{ header: compact.header, claims: compact.claims, terms: party.terms },
      ...{ clockTolerance: this.#clockTolerance, now: this.#seconds() },
    }
    for (const rule of rulesBeforeSignature) this.#ask(rule, question)
    const key = await checkSignature(compact, party.terms.issuer, party.keys)
    this.#ask(clientRule, question)
    const token = verifiedToken(compact, party.terms)
    this.#remembered.set(id, { token, key }, this.#seconds())
    return token
  }

  #ask(rule: Rule, question: Question): void {
    const objection = rule.objection(question)
    if (objection !== undefined) throw refusalBy(rule, objection)
  }

  #seconds(): Seconds {
    return this.#now() / 1000
  }
}
