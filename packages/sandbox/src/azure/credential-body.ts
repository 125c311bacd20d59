import { randomUUID } from 'node:crypto'
import { credentialProblems } from '@federate/azure/rules'
import { AzureFault } from './fault.ts'
import { text, texts } from './message.ts'
import type { StoredCredential } from './state.ts'

/** A federated credential as it was sent, if its parent can take it beside the others. @throws AzureFault */
export function credentialFrom(
  name: string,
  fields: Readonly<Record<string, unknown>>,
  siblings: readonly StoredCredential[],
  codes: { readonly invalid: string; readonly twin: string; readonly full: string },
): StoredCredential {
  const others = siblings.filter((one) => one.name !== name)
  const description = fields['description']
  const credential: StoredCredential = {
    id: siblings.find((one) => one.name === name)?.id ?? randomUUID(),
    name,
    issuer: text(fields['issuer'], 'issuer'),
    subject: text(fields['subject'], 'subject'),
    audiences: texts(fields['audiences'], 'audiences'),
    description: typeof description === 'string' ? description : null,
  }
  const [problem] = credentialProblems(credential, others)
  if (problem === undefined) return credential
  const twin = problem.detail.includes('already') && problem.field === 'subject'
  const code = problem.field === 'parent' ? codes.full : twin ? codes.twin : codes.invalid
  throw new AzureFault(400, code, problem.detail)
}
