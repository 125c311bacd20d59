import { dirname } from 'node:path'
import {
  type CallContext,
  FederateError,
  type HandOver,
  type Now,
  type Token,
  writeFileAtomically,
} from '@federate/core'
import { makePrivateFolder } from '@federate/core/cache'
import { audiencePrefix } from './rules/provider.ts'
import type { GcpRuntime } from './target.ts'

/**
 * What Google's libraries expect of an executable that they run for a token ("Executable-sourced credentials", AIP-4117).
 * Their variables say what they expect of it; where they name a file, it is for the executable to write.
 */
export const executable: HandOver<GcpRuntime> = { answer, refusal }

async function answer(token: Token, runtime: GcpRuntime, { env, now }: CallContext): Promise<string> {
  refuseOther('GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE', `${audiencePrefix}${runtime.provider}`, env)
  refuseOther('GOOGLE_EXTERNAL_ACCOUNT_IMPERSONATED_EMAIL', runtime.serviceAccount, env)
  const text = executableAnswer(token, now)
  await keep(text, env['GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE'])
  return text
}

/** A token as an executable gives it. */
export function executableAnswer(token: Token, now: Now): string {
  const remaining = (token.expiresAt.getTime() - now()) / 1000
  // A token that is about to expire gives credentials that are, too.
  const margin = Math.min(60, remaining / 5)
  return JSON.stringify({
    version: 1,
    success: true,
    token_type: 'urn:ietf:params:oauth:token-type:jwt',
    id_token: token.reveal(),
    expiration_time: Math.floor(token.expiresAt.getTime() / 1000 - margin),
  })
}

function refusal(error: unknown): string {
  const { code, message } =
    error instanceof FederateError ? error : { code: 'UNEXPECTED', message: 'federate failed in an unexpected way.' }
  return JSON.stringify({ version: 1, success: false, code, message })
}

async function keep(text: string, file: string | undefined): Promise<void> {
  if (!file) return
  try {
    makePrivateFolder(dirname(file))
    await writeFileAtomically(file, text, { mode: 0o600 })
  } catch {
    // The answer on standard output is enough; the next process asks again.
  }
}

/** The library goes on to exchange the token by its own configuration file: that must be of the same target. */
function refuseOther(name: string, expected: string | undefined, env: CallContext['env']): void {
  const actual = env[name]
  if (!actual || actual === expected) return
  throw new FederateError({
    code: 'GCP_OTHER_TARGET',
    outcome: 'usage',
    problem: `The library is configured for ${actual} (${name}), this target is for ${expected ?? 'no service account'}.`,
    next: 'Write its file anew with `federate configure gcp`.',
    details: { expected, actual },
  })
}
