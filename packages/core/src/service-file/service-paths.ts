import type { AuthReference, Issuer, SecretReference } from './service.ts'

/** What a path in `auth` leads to. */
export type AuthPlace = 'secret' | 'key' | 'passphrase' | 'certificate' | 'file'

type Move = (path: string, place: AuthPlace) => string

/** The same way to tokens with every path in it changed: relative paths start at the folder of the file they stand in. */
export function withMovedPaths(auth: AuthReference, move: Move): AuthReference {
  const moved = (reference: SecretReference, place: AuthPlace): SecretReference =>
    'file' in reference ? { file: move(reference.file, place) } : reference
  switch (auth.method) {
    case 'client_secret_basic':
    case 'client_secret_post':
    case 'client_secret_jwt':
      return { ...auth, secret: moved(auth.secret, 'secret') }
    case 'private_key_jwt':
    case 'tls_client_auth': {
      const { passphrase, certificate } = auth
      const others = {
        ...(passphrase === undefined ? {} : { passphrase: moved(passphrase, 'passphrase') }),
        ...(certificate === undefined ? {} : { certificate: moved(certificate, 'certificate') }),
      }
      return { ...auth, key: moved(auth.key, 'key'), ...others }
    }
    case 'jwt_file':
    case 'token_file':
      return { ...auth, file: move(auth.file, 'file') }
    case 'token_env':
    case 'token_command':
    case 'github_actions':
      return auth
  }
}

/** As `withMovedPaths`, for the issuer's own part. */
export function withMovedCa(issuer: Issuer, move: (path: string) => string): Issuer {
  return issuer.ca === undefined ? issuer : { ...issuer, ca: move(issuer.ca) }
}
