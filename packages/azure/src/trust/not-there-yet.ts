import { FederateError } from '@federate/core'

/** What was just written and cannot be read yet, which passes by itself. */
export function notThereYet(label: string): FederateError {
  return new FederateError({
    code: 'AZURE_NOT_THERE_YET',
    outcome: 'failed',
    problem: `The ${label} was written, and what is read back is not yet what was written.`,
    next: 'It can take minutes until Azure knows it everywhere. Run the command again; it continues where it stopped.',
  })
}

/** What must be there by now. @throws FederateError `AZURE_NOT_THERE_YET` */
export async function found<T>(reading: Promise<T | undefined>, label: string): Promise<T> {
  const actual = await reading
  if (actual === undefined) throw notThereYet(label)
  return actual
}
