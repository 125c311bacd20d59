import { z } from 'zod'
import { isGuid } from '../guid.ts'
import type { AzureAccess } from './access.ts'

const guid = z.string().refine(isGuid, { error: 'expected an id, such as 2a585d57-a5a8-4688-a60c-9796389eae7a' })

const tenantAccess = z
  .strictObject({
    login: z.enum(['default', 'cli', 'environment', 'browser', 'federation']).default('default'),
    clientId: guid.exactOptional(),
    tokenFile: z.string().min(1).exactOptional(),
    subscriptions: z.array(guid).exactOptional(),
  })
  .check((context) => {
    const { login, clientId, tokenFile } = context.value
    if (login !== 'federation' || (clientId !== undefined && tokenFile !== undefined)) return
    const message = 'federation needs clientId and tokenFile'
    context.issues.push({ code: 'custom', input: context.value, path: ['login'], message })
  })

/** The schema of `azure` in federate.admin.yaml. */
export const azureAccessSchema: z.ZodType<AzureAccess> = z.strictObject({
  tenants: z.record(
    guid.transform((text) => text.toLowerCase()),
    tenantAccess,
  ),
})
