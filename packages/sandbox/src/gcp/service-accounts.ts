import { randomInt } from 'node:crypto'
import { Delayed } from './delayed.ts'
import { alreadyExists, invalid, notFound, permissionDenied } from './google-fault.ts'
import { writePolicy } from './policies.ts'
import { objectField, refuseUnknownFields, textField } from './request.ts'
import { type AccountRecord, newPolicy, type Project, type ServiceAccount } from './state.ts'
import type { Method, Place } from './world.ts'

function render({ id }: Project, account: ServiceAccount): object {
  const { email, uniqueId, displayName, description, disabled } = account
  return {
    name: `projects/${id}/serviceAccounts/${email}`,
    projectId: id,
    email,
    uniqueId,
    displayName,
    description,
    oauth2ClientId: uniqueId,
    ...(disabled ? { disabled } : {}),
  }
}

function accountOf({ project, email = '' }: Place): AccountRecord {
  const record = project.serviceAccounts.get(email)
  if (record === undefined) throw notFound()
  return record
}

export const createServiceAccount: Method = ({ project }, { body }, world) => {
  refuseUnknownFields(body, ['accountId', 'serviceAccount'])
  const id = textField(body, 'accountId') ?? ''
  if (!/^[a-z](?:[-a-z0-9]{4,28}[a-z0-9])$/.test(id)) throw invalid(`Invalid service account ID ${id}.`)
  const email = `${id}@${project.id}.iam.gserviceaccount.com`
  if (project.serviceAccounts.has(email)) throw alreadyExists()
  const given = objectField(body, 'serviceAccount') ?? {}
  const account = {
    email,
    uniqueId: `1${randomInt(1e9, 9e9)}${randomInt(1e9, 9e9)}`,
    displayName: textField(given, 'displayName') ?? '',
    description: textField(given, 'description') ?? '',
    disabled: false,
  }
  const policy = new Delayed(newPolicy(), world.now, world.propagation)
  project.serviceAccounts.set(email, { account, policy })
  return render(project, account)
}

export const getServiceAccount: Method = (place) => render(place.project, accountOf(place).account)

export const listServiceAccounts: Method = ({ project }) => ({
  accounts: [...project.serviceAccounts.values()].map(({ account }) => render(project, account)),
})

export const patchServiceAccount: Method = (place, { body }) => {
  const record = accountOf(place)
  refuseUnknownFields(body, ['serviceAccount', 'updateMask'])
  const given = objectField(body, 'serviceAccount') ?? {}
  const mask = (textField(body, 'updateMask') ?? '').split(',')
  const pick = (name: 'displayName' | 'description') =>
    mask.includes(name) ? (textField(given, name) ?? '') : record.account[name]
  const account = { ...record.account, displayName: pick('displayName'), description: pick('description') }
  place.project.serviceAccounts.set(account.email, { ...record, account })
  return render(place.project, account)
}

export const deleteServiceAccount: Method = (place) => {
  accountOf(place)
  place.project.serviceAccounts.delete(place.email ?? '')
  return {}
}

/** IAM does not tell whether the account is missing or may not be asked about. */
export const getAccountPolicy: Method = ({ project, email = '' }) => {
  const record = project.serviceAccounts.get(email)
  if (record === undefined) throw permissionDenied('iam.serviceAccounts.getIamPolicy', email)
  return record.policy.current ?? newPolicy()
}

export const setAccountPolicy: Method = ({ project, email = '' }, { body }, world) => {
  const record = project.serviceAccounts.get(email)
  if (record === undefined) throw permissionDenied('iam.serviceAccounts.setIamPolicy', email)
  return writePolicy(record.policy, body, world.faults.takeConflict()) ?? newPolicy()
}
