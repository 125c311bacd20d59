import { type OptionOwner, OptionPlace } from '@federate/core'

const owner: OptionOwner = {
  code: 'VERIFIER_OPTION',
  themselves: 'The options',
  next: 'Correct it where the verifier or the guard is made.',
}

/** What a verifier or a guard is made with: an option that is misread here lets callers in. */
export const verifierOptions = new OptionPlace(owner)

/** What `explainToken` is asked. */
export const tokenQuestion = new OptionPlace({ ...owner, themselves: 'The question' })
