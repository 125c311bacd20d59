import { createPrivateKey, X509Certificate } from 'node:crypto'
import { FederateError, type Issuer, type Now, type SecretReference } from '@federate/core'
import { CertificateAuthority } from './certificate-authority.ts'
import type { CredentialKeeper } from './credential-keeper.ts'
import { subjectOf } from './issuer/certificate.ts'
import { pemOf } from './new-credential.ts'

/**
 * The authority behind an issuer's `ca`, made where the file is missing. Its key is kept beside it, as `<ca>.key`.
 *
 * @throws FederateError (usage) `SANDBOX_AUTHENTICATION` without `ca`, `SANDBOX_CERTIFICATE` for an authority of others.
 */
export async function authorityOf(
  { ca, url }: Issuer,
  keeper: CredentialKeeper,
  now: Now,
): Promise<CertificateAuthority> {
  if (ca === undefined) throw withoutAuthority(url)
  const [certificateFile, keyFile] = [{ file: ca }, { file: `${ca}.key` }]
  const [certificate, key] = [await keeper.read(certificateFile), await keeper.read(keyFile)]
  if (certificate !== undefined) return readAuthority(ca, certificate, key)
  if (key !== undefined)
    throw certificateRefused(`There is a key ${ca}.key, but no authority ${ca} that it belongs to.`)
  const authority = await CertificateAuthority.make(new Date(now()))
  await keeper.keep(keyFile, authority.pair.key)
  await keeper.keep(certificateFile, authority.pair.certificate)
  return authority
}

function readAuthority(ca: string, certificate: string, key: string | undefined): CertificateAuthority {
  try {
    if (key !== undefined) return new CertificateAuthority({ certificate, key })
  } catch {
    // What OpenSSL says of a key may quote it.
  }
  throw certificateRefused(`The authority ${ca} is not the sandbox's: its key is not in ${ca}.key.`)
}

/** A client that shows a certificate. */
interface CertifiedClient {
  readonly clientId: string
  readonly auth: { readonly certificate: SecretReference; readonly key: SecretReference }
  /** Of its key. */
  readonly passphrase: string | undefined
}

/**
 * The subject of a service's certificate, which is made with its key where neither is there.
 *
 * @throws FederateError `SANDBOX_CERTIFICATE` (usage) for one that the authority did not issue, or that does not hold now.
 */
export async function certificateSubject(
  { clientId, auth, passphrase }: CertifiedClient,
  authority: CertificateAuthority,
  { keeper, now }: { readonly keeper: CredentialKeeper; readonly now: Now },
): Promise<string> {
  const known = await keeper.read(auth.certificate)
  if (known !== undefined) return subjectOf(checked(clientId, known, authority, now))
  if ((await keeper.read(auth.key)) !== undefined) {
    throw certificateRefused(`${clientId} has a key, but no certificate that it belongs to.`)
  }
  const pair = await authority.issueForClient(clientId, new Date(now()))
  await keeper.keep(auth.key, pemOf(createPrivateKey(pair.key), passphrase))
  await keeper.keep(auth.certificate, pair.certificate)
  return subjectOf(new X509Certificate(pair.certificate))
}

function checked(clientId: string, text: string, authority: CertificateAuthority, now: Now): X509Certificate {
  const certificate = certificateOf(text)
  if (certificate === undefined) throw certificateRefused(`What ${clientId} has as its certificate is none in PEM.`)
  if (!authority.issued(certificate)) {
    throw certificateRefused(`The certificate of ${clientId} was not issued by the sandbox's authority.`)
  }
  const until = new Date(certificate.validTo)
  if (until.getTime() > now()) return certificate
  throw certificateRefused(`The certificate of ${clientId} expired at ${until.toISOString()}.`)
}

function certificateOf(text: string): X509Certificate | undefined {
  try {
    return new X509Certificate(text)
  } catch {
    return undefined
  }
}

function withoutAuthority(url: string): FederateError {
  return new FederateError({
    code: 'SANDBOX_AUTHENTICATION',
    outcome: 'usage',
    problem: `A service of federate.yaml proves itself by tls_client_auth, but its issuer ${url} has no ca.`,
    next: 'Give the issuer a ca, such as ca: sandbox-ca.pem: the sandbox makes the authority, and clients trust it by that file.',
  })
}

function certificateRefused(problem: string): FederateError {
  return new FederateError({
    code: 'SANDBOX_CERTIFICATE',
    outcome: 'usage',
    problem,
    next: 'Remove the file, or name another one: the sandbox makes what is missing.',
  })
}
