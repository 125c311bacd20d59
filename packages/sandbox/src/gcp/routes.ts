import { createPool, deletePool, getPool, listPools, patchPool, undeletePool } from './pools.ts'
import { batchGetServices, getProject, getProjectPolicy, setProjectPolicy } from './projects.ts'
import {
  createProvider,
  deleteProvider,
  getProvider,
  listProviders,
  patchProvider,
  undeleteProvider,
} from './providers.ts'
import {
  createServiceAccount,
  deleteServiceAccount,
  getAccountPolicy,
  getServiceAccount,
  listServiceAccounts,
  patchServiceAccount,
  setAccountPolicy,
} from './service-accounts.ts'
import type { Method } from './world.ts'

/** One method of Google's administration APIs. */
export interface Route {
  /** As faults and counts name it: `workloadIdentityPools.create`. */
  readonly name: string
  readonly api: string
  readonly method: string
  readonly path: RegExp
  readonly run: Method
}

const project = 'projects/(?<project>[^/:]+)'
const pools = `v1/${project}/locations/global/workloadIdentityPools`
const pool = `${pools}/(?<pool>[^/:]+)`
const provider = `${pool}/providers/(?<provider>[^/:]+)`
const accounts = `v1/${project}/serviceAccounts`
const account = `${accounts}/(?<email>[^/:]+)`

const [iam, resourceManager, serviceUsage] = [
  'iam.googleapis.com',
  'cloudresourcemanager.googleapis.com',
  'serviceusage.googleapis.com',
]

function route(api: string, name: string, call: string, run: Method): Route {
  const [method = '', path = ''] = call.split(' ')
  return { api, name, method, path: new RegExp(`^${path}$`), run }
}

export const routes: readonly Route[] = [
  route(iam, 'workloadIdentityPools.create', `POST ${pools}`, createPool),
  route(iam, 'workloadIdentityPools.list', `GET ${pools}`, listPools),
  route(iam, 'workloadIdentityPools.get', `GET ${pool}`, getPool),
  route(iam, 'workloadIdentityPools.patch', `PATCH ${pool}`, patchPool),
  route(iam, 'workloadIdentityPools.delete', `DELETE ${pool}`, deletePool),
  route(iam, 'workloadIdentityPools.undelete', `POST ${pool}:undelete`, undeletePool),
  route(iam, 'providers.create', `POST ${pool}/providers`, createProvider),
  route(iam, 'providers.list', `GET ${pool}/providers`, listProviders),
  route(iam, 'providers.get', `GET ${provider}`, getProvider),
  route(iam, 'providers.patch', `PATCH ${provider}`, patchProvider),
  route(iam, 'providers.delete', `DELETE ${provider}`, deleteProvider),
  route(iam, 'providers.undelete', `POST ${provider}:undelete`, undeleteProvider),
  route(iam, 'serviceAccounts.create', `POST ${accounts}`, createServiceAccount),
  route(iam, 'serviceAccounts.list', `GET ${accounts}`, listServiceAccounts),
  route(iam, 'serviceAccounts.get', `GET ${account}`, getServiceAccount),
  route(iam, 'serviceAccounts.patch', `PATCH ${account}`, patchServiceAccount),
  route(iam, 'serviceAccounts.delete', `DELETE ${account}`, deleteServiceAccount),
  route(iam, 'serviceAccounts.getIamPolicy', `POST ${account}:getIamPolicy`, getAccountPolicy),
  route(iam, 'serviceAccounts.setIamPolicy', `POST ${account}:setIamPolicy`, setAccountPolicy),
  route(resourceManager, 'projects.get', `GET v3/${project}`, getProject),
  route(resourceManager, 'projects.getIamPolicy', `POST v3/${project}:getIamPolicy`, getProjectPolicy),
  route(resourceManager, 'projects.setIamPolicy', `POST v3/${project}:setIamPolicy`, setProjectPolicy),
  route(serviceUsage, 'services.batchGet', `GET v1/${project}/services:batchGet`, batchGetServices),
]
