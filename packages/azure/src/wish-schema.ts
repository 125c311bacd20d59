import { z } from 'zod'
import { environments, factsOf, scopeOf } from './environment.ts'
import { describeId, isGuid } from './guid.ts'
import type { AzureWish } from './target.ts'

function guid(what: string, find: string) {
  return z
    .string()
    .refine(isGuid, {
      error: (issue) =>
        `expected the ${what}'s id, such as 2a585d57-a5a8-4688-a60c-9796389eae7a, got ${describeId(String(issue.input))}; ${find}`,
    })
    .transform((text) => text.toLowerCase())
}

const subscription = guid('subscription', '`az account list` shows it')

const managedIdentity = z.strictObject({
  subscription,
  resourceGroup: z.string().regex(/^[\w.()-]{0,89}[\w()-]$/, {
    error: 'expected the name of a resource group: letters, digits and . ( ) - _, at most 90, no dot at the end',
  }),
  name: z.string().regex(/^[a-zA-Z0-9][\w-]{2,127}$/, {
    error: 'expected 3 to 128 letters, digits, "-" and "_", the first a letter or digit',
  }),
  location: z.string().regex(/^[a-z0-9]+$/, { error: 'expected a region in one word, such as westeurope' }),
})

const scopePattern =
  /^\/(?:subscriptions\/[0-9a-f-]{36}(?:\/resourceGroups\/[^/]+(?:\/providers\/[^/]+(?:\/[^/]+\/[^/]+)+)?)?|providers\/Microsoft\.Management\/managementGroups\/[^/]+)$/i

const role = z.strictObject({
  role: z.string().min(1).max(128),
  scope: z.string().regex(scopePattern, {
    error:
      'expected a scope without a slash at its end, such as /subscriptions/<id>/resourceGroups/<name>, or /providers/Microsoft.Management/managementGroups/<name>',
  }),
})

const fields = z.strictObject({
  tenant: guid('tenant', '`az account show` shows it as tenantId'),
  environment: z.enum(environments).default('public'),
  application: z
    .string()
    .regex(/^[a-zA-Z0-9][\w.-]{2,119}$/, {
      error: 'expected 3 to 120 letters, digits, ".", "-" and "_", the first a letter or digit',
    })
    .optional(),
  managedIdentity: managedIdentity.optional(),
  audience: z.string().min(1).max(600).default('shared'),
  roles: z.array(role).default([]),
  scope: z
    .string()
    .regex(/^[a-z][a-z0-9+.-]*:\/\/\S+$/i, {
      error: 'expected a resource or its scope, such as https://storage.azure.com',
    })
    .optional(),
})

/** The schema of an Azure target in federate.yaml, without its `cloud` key. */
export const azureWishSchema: z.ZodType<AzureWish> = fields.transform((wish, context): AzureWish => {
  if ((wish.application === undefined) === (wish.managedIdentity === undefined)) {
    const message =
      wish.application === undefined
        ? 'is missing, expected application: <name>, or managedIdentity with subscription, resourceGroup, name and location'
        : 'cannot stand beside managedIdentity: a service becomes one of the two'
    context.addIssue({ code: 'custom', path: ['application'], message })
  }
  const seen = new Set<string>()
  wish.roles.forEach(({ role: name, scope }, index) => {
    const key = `${name}\n${scope}`.toLowerCase()
    if (seen.has(key)) context.addIssue({ code: 'custom', path: ['roles', index], message: 'is given twice; keep one' })
    seen.add(key)
  })
  const { audience, environment } = wish
  const own = audience === 'shared' || audience === 'client' ? {} : { tokenAudience: audience }
  return { ...wish, ...own, scope: scopeOf(wish.scope ?? factsOf(environment).resourceManager) }
})
