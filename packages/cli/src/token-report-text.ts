import type { ModelledToken } from '@federate/keycloak/trust'
import type { Style } from './terminal.ts'
import { isUnfit, type ReportedClaim, type TokenReport } from './token-report.ts'

type Paint = (style: Style, text: string) => string

/** Token reports as people read them: every claim beside the one that is needed, differences marked. */
export function renderTokenReports(reports: readonly TokenReport[], paint: Paint): string {
  return reports.map((report) => `${linesOf(report, paint).join('\n')}\n`).join('\n')
}

/** How many of the tokens are as they are needed. */
export function tokenSummary(reports: readonly TokenReport[]): string {
  const unfit = reports.filter(isUnfit).length
  return `Tokens: ${reports.length - unfit} as needed, ${unfit} not.`
}

/** The reports for programs. */
export function tokenReportsToJson(reports: readonly TokenReport[]): unknown[] {
  return reports.map(({ token, ...report }) => ({
    ...report,
    fits: !isUnfit({ token, ...report }),
    ...(token === undefined
      ? {}
      : {
          token: {
            ...token,
            roles: Object.fromEntries(
              Object.entries(token.roles).map(([what, roles]) => [what, Object.fromEntries(roles)]),
            ),
          },
        }),
  }))
}

function linesOf(report: TokenReport, paint: Paint): string[] {
  const { token } = report
  const what = report.for === 'api' ? `the API ${report.target}` : `${report.target} (${report.for})`
  const head = `token of ${report.service} for ${what}`
  if (token === undefined) return [`${paint('red', '!')} ${head}: none, the client is not there or lacks the scope`]
  return [
    `${isUnfit(report) ? paint('red', '!') : ' '} ${head}: ${token.algorithm}, lives ${token.lifetime} s`,
    ...claimLines(report.claims, paint),
    ...roleLines(token),
    ...report.broken.flatMap((rule) => [
      `  ${paint('red', '!')} ${report.for} refuses it by the rule ${rule.rule}: ${rule.detail}`,
      ...(rule.next === undefined ? [] : [`      next: ${rule.next}`]),
    ]),
    ...token.unknown.map((problem) => `  ${paint('yellow', '?')} ${problem}`),
    ...previewLines(report, paint),
  ]
}

/** The widest value that still lines up; longer ones stand out. */
const widest = 60

function claimLines(claims: readonly ReportedClaim[], paint: Paint): string[] {
  const widths = claims.map(({ issued }) => shown(issued).length).filter((width) => width <= widest)
  const width = Math.max(0, ...widths)
  return claims.map(({ claim, issued, needed, differs }) => {
    const line = `${claim.padEnd(16)} ${needed === undefined ? shown(issued) : shown(issued).padEnd(width)}`
    if (differs) return `  ${paint('red', '!')} ${line}  needed: ${shown(needed)}`
    return needed === undefined ? `    ${line}` : `    ${line}  as needed`
  })
}

/** Roles in the token: those that the service account has and a scope lets through. */
function roleLines({ roles: { account, scope, token } }: ModelledToken): string[] {
  return [...new Set([...account.keys(), ...token.keys()])].map((owner) => {
    const list = (names: readonly string[] | undefined) => names?.join(', ') || 'none'
    const name = owner === '' ? 'realm roles' : `roles of ${owner}`
    return `    ${name}: ${list(token.get(owner))} (the service account has ${list(account.get(owner))}; let through: ${list(scope.get(owner))})`
  })
}

function previewLines({ preview, ...report }: TokenReport, paint: Paint): string[] {
  if (!('preview' in report) && preview === undefined) return []
  if (preview === undefined) return ['    Keycloak cannot be asked for an example: the client is not there yet.']
  if (preview.differences.length === 0) return ["    Keycloak's own example of the token as it is now agrees."]
  return preview.differences.map(
    ({ claim, one, other }) =>
      `  ${paint('red', '!')} ${claim}: our model says ${shown(one)}, Keycloak's example ${shown(other)}`,
  )
}

function shown(value: unknown): string {
  if (value === undefined) return '(none)'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
