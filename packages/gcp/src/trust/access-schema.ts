import { z } from 'zod'
import type { GcpAccess } from './access.ts'

/** The schema of `gcp` in federate.admin.yaml. */
export const gcpAccessSchema: z.ZodType<GcpAccess> = z.strictObject({
  impersonate: z
    .string()
    .regex(/^[^@\s]+@[^@\s]+\.gserviceaccount\.com$/, {
      error: (issue) => `expected the email address of a service account, got "${issue.input}"`,
    })
    .exactOptional(),
  projects: z.array(z.string().min(1)).exactOptional(),
  quotaProject: z.string().min(1).exactOptional(),
})
