import { FederateError, type Where } from '@federate/core'

const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Whether a text is written like the ids of tenants, applications and subscriptions. */
export function isGuid(text: string): boolean {
  return pattern.test(text)
}

/** What was probably given instead of an id. */
export function describeId(text: string): string {
  return /^[\w-]+(\.[\w-]+)+$/.test(text) ? `the domain ${text}` : `"${text}"`
}

/** An id in small letters. @throws FederateError `AZURE_ID` */
export function guidAt(text: string, where: Where): string {
  if (isGuid(text)) return text.toLowerCase()
  throw new FederateError({
    code: 'AZURE_ID',
    outcome: 'usage',
    problem: `${where} is ${describeId(text)}, expected an id like 2a585d57-a5a8-4688-a60c-9796389eae7a.`,
    next: 'Look it up in the Azure portal, or with `az account show` (tenantId) and `az ad app list` (appId).',
    details: { where: `${where}`, actual: text },
  })
}
