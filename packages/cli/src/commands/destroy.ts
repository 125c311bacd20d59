import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Applied } from '@federate/core/plan'
import { asInterrupted, showAndApply } from '../apply.ts'
import type { ConfirmOptions } from '../confirm.ts'
import { exitStatus } from '../exit-status.ts'
import { interruptible } from '../interrupt.ts'
import type { Terminal } from '../terminal.ts'
import { openTrust, planDestroy, type TrustOptions, type TrustSession, trustJson } from '../trust.ts'

/** `federate destroy`: deletes what bears the owner's mark. */
export async function destroy(options: TrustOptions & ConfirmOptions, terminal: Terminal): Promise<number> {
  return interruptible(
    async (interrupts) => {
      try {
        const session = await openTrust(options, terminal, interrupts.stop)
        const plan = await planDestroy(session)
        const applied = await showAndApply(plan, options, interrupts, terminal)
        const serviceFiles = applied.done.length === 0 ? [] : serviceFilesLeft(session)
        if (options.json === true) {
          const done = applied.done.map((step) => step.address)
          terminal.out(`${JSON.stringify({ ...trustJson(plan, session), done, serviceFiles }, undefined, 2)}\n`)
        } else {
          terminal.out(`${outcomeText(applied, session.file.owner)}\n`)
          if (serviceFiles.length > 0) terminal.note(`still there, and good for less now: ${serviceFiles.join(', ')}`)
        }
        return exitStatus.done
      } catch (error) {
        throw asInterrupted(error, interrupts)
      }
    },
    () => terminal.note('Stopping after the writes under way; Ctrl-C again ends at once.'),
  )
}

function outcomeText({ done }: Applied, owner: string): string {
  const released = done.filter(({ action }) => action === 'release').length
  const stays = released === 0 ? '' : ` Released ${released}, without our part of it.`
  return `Destroyed ${done.length - released} object(s) of ${owner}.${stays}`
}

/** What `setup` wrote beside federate.yaml; copies of it are on the services' hosts, where nobody can remove them from here. */
function serviceFilesLeft({ file, only }: TrustSession): readonly string[] {
  return file.services
    .filter(({ name }) => only?.has(name) ?? true)
    .map(({ name }) => join(dirname(file.path), `${name}.federate.json`))
    .filter((path) => existsSync(path))
}
