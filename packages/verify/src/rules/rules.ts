import { audienceRule, cloudTokenRule, kindRule, requiredClaimsRule } from './claim-rules.ts'
import { algorithmRule, headerRule, typeRule } from './header-rules.ts'
import type { Rule } from './rule.ts'
import { beginningRule, expiryRule } from './time-rules.ts'

/** What is asked of a token whose issuer is trusted, in this order, before its signature: all of it costs nearly nothing. */
export const rulesBeforeSignature: readonly Rule[] = [
  algorithmRule,
  headerRule,
  typeRule,
  kindRule,
  requiredClaimsRule,
  audienceRule,
  cloudTokenRule,
  expiryRule,
  beginningRule,
]
