import type { CallContext } from '../cloud.ts'
import { githubActions } from '../tokens/github-actions.ts'
import { tokenCommand } from '../tokens/token-command.ts'
import { tokenEnvironment } from '../tokens/token-environment.ts'
import { tokenFile } from '../tokens/token-file.ts'
import type { TokenSource } from '../tokens/token-source.ts'
import type { TokenReference } from './service.ts'

/** The source that a service file describes where the issuer is not asked. Relative paths start at `baseDirectory`. */
export function givenTokens(
  reference: TokenReference,
  baseDirectory: string,
  { env: environment, fetch, now, warn }: CallContext,
): TokenSource {
  switch (reference.method) {
    case 'token_file':
      return tokenFile({ file: reference.file, baseDirectory, now })
    case 'token_env':
      return tokenEnvironment({ env: reference.env, environment, now })
    case 'token_command': {
      const { command, timeout } = reference
      return tokenCommand({ command, timeout, directory: baseDirectory, environment, now, freshness: { warn } })
    }
    case 'github_actions':
      return githubActions({ environment, fetch, now, freshness: { warn } })
  }
}
