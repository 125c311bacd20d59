import { fileIn } from '../options/file-option.ts'
import { optionsOf } from '../options/option-place.ts'
import { readLivingJwt, readTokenText } from '../tokens/token-file.ts'
import { assertionProof } from './client-assertion.ts'
import type { ClientAuthentication } from './client-authentication.ts'

export interface JwtFileOptions {
  readonly file: string
  /** Where a relative path starts. Default: the working directory. */
  readonly baseDirectory?: string | undefined
}

/**
 * Authentication by an assertion that another system keeps in a file: a service account token of Kubernetes, a JWT-SVID.
 * The issuer must trust that system; in Keycloak that is the client authenticator "Signed JWT - Federated" (26.6 and later).
 * The file is read at every use.
 *
 * @throws FederateError (usage) at once `OPTION`, `OPTION_UNKNOWN`. `authenticate` throws the errors that `tokenFile` has for its file.
 */
export function jwtFile(options: JwtFileOptions): ClientAuthentication {
  const path = fileIn(options, [], optionsOf('jwtFile'))
  let used: string | undefined
  return {
    method: 'jwt_file',
    authenticate: async ({ clientId, now }) => {
      const assertion = await readLivingJwt(path, now)
      used = assertion
      return assertionProof(clientId, assertion)
    },
    reload: async () => (await readTokenText(path)) !== used,
  }
}
