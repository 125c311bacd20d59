import { FederateError } from '@federate/core'
import type { TokenReport } from './token-report.ts'

/**
 * Refuses to make clients whose tokens their cloud would refuse, by the cloud's own rules.
 *
 * @throws FederateError (usage) `TOKEN_UNFIT` with every such token in `details.tokens`.
 */
export function refuseUnfitTokens(reports: readonly TokenReport[]): void {
  const unfit = reports.filter(({ broken }) => broken.length > 0)
  const [first] = unfit
  const rule = first?.broken[0]
  if (first === undefined || rule === undefined) return
  const others = unfit.length === 1 ? '' : ` (and ${unfit.length - 1} more: \`federate plan\` shows them)`
  throw new FederateError({
    code: 'TOKEN_UNFIT',
    outcome: 'usage',
    problem: `The token of ${first.service} for ${first.target} would be refused by ${first.for}, rule ${rule.rule}: ${rule.detail}${others} Nothing was changed.`,
    next:
      rule.next ??
      'Correct the service in federate.yaml; `federate plan keycloak` shows its token beside the one that is needed.',
    details: {
      tokens: unfit.map(({ service, target, broken }) => ({ service, target, rules: broken.map((one) => one.rule) })),
    },
  })
}
