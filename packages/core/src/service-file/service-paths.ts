import type { AuthReference, Issuer, SecretReference } from './service.ts'

/** The same way to tokens with every path in it changed: relative paths start at the folder of the file they stand in. */
export function withMovedPaths(auth: AuthReference, move: (path: string) => string): AuthReference {
  const moved = (reference: SecretReference): SecretReference =>
    'file' in reference ? { file: move(reference.file) } : reference
  switch (auth.method) {
    case 'client_secret_basic':
    case 'client_secret_post':
    case 'client_secret_jwt':
      return { ...auth, secret: moved(auth.secret) }
    case 'private_key_jwt':
      return { ...auth, key: moved(auth.key), ...movedPassphrase(auth, moved) }
    case 'tls_client_auth':
      return { ...auth, certificate: moved(auth.certificate), key: moved(auth.key), ...movedPassphrase(auth, moved) }
    case 'jwt_file':
    case 'token_file':
      return { ...auth, file: move(auth.file) }
    case 'token_env':
    case 'token_command':
    case 'github_actions':
      return auth
  }
}

function movedPassphrase(
  { passphrase }: { readonly passphrase?: SecretReference },
  moved: (reference: SecretReference) => SecretReference,
): { passphrase?: SecretReference } {
  return passphrase === undefined ? {} : { passphrase: moved(passphrase) }
}

/** As `withMovedPaths`, for the issuer's own part. */
export function withMovedCa(issuer: Issuer, move: (path: string) => string): Issuer {
  return issuer.ca === undefined ? issuer : { ...issuer, ca: move(issuer.ca) }
}
