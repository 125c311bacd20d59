import type { GcpRuntime } from './target.ts'

/**
 * Libraries that are told no project ask Cloud Resource Manager for it, and fail where the service may not. The address of
 * a service account says its project, but for those that Google makes by itself.
 */
export function projectVariable({ project, serviceAccount = '' }: GcpRuntime): Readonly<Record<string, string>> {
  const id = project ?? /@([a-z0-9-]+)\.iam\.gserviceaccount\.com$/.exec(serviceAccount)?.[1]
  return id === undefined ? {} : { GOOGLE_CLOUD_PROJECT: id }
}
