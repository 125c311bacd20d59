import { writePolicy } from './policies.ts'
import { apis, newPolicy } from './state.ts'
import type { Method } from './world.ts'

export const getProject: Method = ({ project }) => ({
  name: `projects/${project.number}`,
  projectId: project.id,
  state: 'ACTIVE',
  displayName: project.id,
})

export const getProjectPolicy: Method = ({ project }) => project.policy.current ?? newPolicy()

export const setProjectPolicy: Method = ({ project }, { body }, world) =>
  writePolicy(project.policy, body, world.faults.takeConflict()) ?? newPolicy()

/** `names=projects/{project}/services/{service}`, up to 30 of them (Service Usage, services.batchGet). */
export const batchGetServices: Method = ({ project }, { query }) => ({
  services: query.getAll('names').map((name) => {
    const service = name.split('/').at(-1) ?? ''
    return {
      name: `projects/${project.number}/services/${service}`,
      config: { name: service, title: apis[service] ?? service },
      state: project.enabledServices.has(service) ? 'ENABLED' : 'DISABLED',
      parent: `projects/${project.number}`,
    }
  }),
})
