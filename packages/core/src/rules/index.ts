/** What every cloud's acceptance rules share: a rule, what it finds, and how a verdict comes of many. */
export { isLoopbackIssuer } from '../issuer/loopback-issuer.ts'
export { type AlgorithmRule, algorithmRule, keyIdRule } from './header-rules.ts'
export { judge } from './judge.ts'
export { type Finding, failed, passed, type Refusal, type Rule, unknown, warned } from './rule.ts'
export { shown } from './shown.ts'
export { warning } from './warning.ts'
