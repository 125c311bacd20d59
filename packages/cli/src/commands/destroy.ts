import { asInterrupted, showAndApply } from '../apply.ts'
import type { ConfirmOptions } from '../confirm.ts'
import { exitStatus } from '../exit-status.ts'
import { interruptible } from '../interrupt.ts'
import type { Terminal } from '../terminal.ts'
import { openTrust, planDestroy, type TrustOptions, trustJson } from '../trust.ts'

/** `federate destroy`: deletes what bears the owner's mark. */
export async function destroy(options: TrustOptions & ConfirmOptions, terminal: Terminal): Promise<number> {
  return interruptible(
    async (interrupts) => {
      try {
        const session = await openTrust(options, terminal, interrupts.stop)
        const plan = await planDestroy(session)
        const applied = await showAndApply(plan, options, interrupts, terminal)
        if (options.json === true) {
          terminal.out(
            `${JSON.stringify({ ...trustJson(plan, session), done: applied.done.map((step) => step.address) }, undefined, 2)}\n`,
          )
        } else {
          terminal.out(`Destroyed ${applied.done.length} object(s) of ${session.file.owner}.\n`)
        }
        return exitStatus.done
      } catch (error) {
        throw asInterrupted(error, interrupts)
      }
    },
    () => terminal.note('Stopping after the writes under way; Ctrl-C again ends at once.'),
  )
}
