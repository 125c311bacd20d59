import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { FederateError, refuseOpenPlace } from '@federate/core'
import { type Applied, hasChanges, type Plan } from '@federate/core/plan'
import { asInterrupted, showAndApply } from '../apply.ts'
import type { ConfirmOptions } from '../confirm.ts'
import { exitStatus, statusOf } from '../exit-status.ts'
import { type Interrupts, interruptible } from '../interrupt.ts'
import { refuseUndeliverables } from '../issuers.ts'
import { type WrittenServiceFile, writeServiceFiles } from '../service-files.ts'
import type { Terminal } from '../terminal.ts'
import { reportTokens } from '../token-report.ts'
import { openTrust, planTrust, selectedTargets, type TrustOptions, type TrustSession, trustJson } from '../trust.ts'
import { refuseUnfitTokens } from '../unfit-tokens.ts'
import { type Verification, verifyTarget } from '../verify.ts'

export interface SetupOptions extends TrustOptions, ConfirmOptions {
  serviceFiles?: string
  verify?: boolean
}

interface Outcome {
  readonly session: TrustSession
  readonly plan: Plan
  readonly applied: Applied
  readonly written: readonly WrittenServiceFile[]
  readonly verifications: readonly Verification[]
}

/** `federate setup`: plan, ask, apply, write the service files, verify. */
export async function setup(options: SetupOptions, terminal: Terminal): Promise<number> {
  return interruptible(
    async (interrupts) => {
      try {
        const outcome = await carryOut(options, interrupts, terminal)
        terminal.out(options.json === true ? outcomeJson(outcome) : outcomeText(outcome))
        return statusOfVerifications(outcome.verifications)
      } catch (error) {
        throw asInterrupted(error, interrupts)
      }
    },
    () => terminal.note('Stopping after the writes under way; Ctrl-C again ends at once.'),
  )
}

async function carryOut(options: SetupOptions, interrupts: Interrupts, terminal: Terminal): Promise<Outcome> {
  const folder = await serviceFileFolder(options.serviceFiles, terminal)
  const session = await openTrust(options, terminal, interrupts.stop)
  const plan = await planTrust(session, options)
  await refuseUndeliverables(plan, session.file, options, terminal)
  refuseUnfitTokens(await reportTokens(session, { moment: 'planned', preview: false }))
  const applied = await showAndApply(plan, options, interrupts, terminal)
  const written = await writeServiceFiles(session, applied.outputs, folder)
  const verifications =
    options.verify === false
      ? []
      : await verifyAll(session, written, terminal).catch((error: unknown) => {
          throw interrupts.stop.aborted ? verificationInterrupted(applied, error) : error
        })
  return { session, plan, applied, written, verifications }
}

/** The folder that was named, if it can be written to: better asked before the cloud is changed than after. */
async function serviceFileFolder(named: string | undefined, terminal: Terminal): Promise<string | undefined> {
  if (named === undefined) return undefined
  const folder = resolve(terminal.cwd, named)
  try {
    await access(folder, constants.W_OK)
  } catch (cause) {
    throw new FederateError({
      code: 'FOLDER_NOT_WRITABLE',
      outcome: 'usage',
      problem: `Service files cannot be written to ${folder}: it does not exist, or this user may not write there. Nothing was changed.`,
      next: 'Make the folder, or name another with --service-files.',
      cause,
    })
  }
  await refuseOpenPlace(join(folder, 'service.federate.json'))
  return folder
}

function verificationInterrupted(applied: Applied, cause: unknown): FederateError {
  return new FederateError({
    code: 'VERIFICATION_INTERRUPTED',
    outcome: 'failed',
    problem: `Interrupted while the trust was tried out. It was applied before (${applied.done.length} step(s)), and the service files are written.`,
    next: 'Run the same command again: it finds nothing to apply, and verifies.',
    cause,
  })
}

async function verifyAll(
  session: TrustSession,
  written: readonly WrittenServiceFile[],
  terminal: Terminal,
): Promise<Verification[]> {
  const verifications: Verification[] = []
  for (const { part, target } of selectedTargets(session)) {
    const service = session.file.services.find(({ name }) => name === target.service)
    const file = written.find((one) => one.file.service === target.service)
    if (service === undefined || file === undefined) continue
    const subject = { owner: session.file.owner, cloud: part.cloud, service, target, written: file }
    verifications.push(await verifyTarget(subject, session.context, terminal))
  }
  return verifications
}

function statusOfVerifications(verifications: readonly Verification[]): number {
  const refused = verifications.find(({ outcome }) => outcome === 'refused')
  if (refused === undefined) return exitStatus.done
  return refused.error instanceof FederateError ? statusOf(refused.error.outcome) : exitStatus.refused
}

function outcomeText({ plan, applied, written, verifications }: Outcome): string {
  const lines = [hasChanges(plan) ? `Applied ${applied.done.length} step(s).` : 'Nothing to apply.']
  for (const { path, changed } of written) lines.push(`${changed ? 'wrote' : 'unchanged'} ${path}`)
  for (const one of verifications) {
    lines.push(`${one.outcome} ${one.service}/${one.target} (${one.cloud}): ${one.detail}`)
    if (one.error !== undefined) lines.push(`  next: ${one.error.next}`)
  }
  return `${lines.join('\n')}\n`
}

function outcomeJson({ session, plan, applied, written, verifications }: Outcome): string {
  const result = {
    ...trustJson(plan, session),
    done: applied.done.map((step) => step.address),
    serviceFiles: written.map(({ path, changed }) => ({ path, changed })),
    verifications,
  }
  return `${JSON.stringify(result, undefined, 2)}\n`
}
