import { X509Certificate } from 'node:crypto'
import { resolve } from 'node:path'
import { FederateError, readAuthority, type TrustRequest } from '@federate/core'
import type { AwsWish } from '../target.ts'

/** The thumbprints that an account shall have of an issuer; none for an issuer with a certificate of a public authority. */
export type IssuerThumbprints = (account: string, issuer: string) => readonly string[]

const most = 5

/**
 * Takes thumbprints from the targets, and for issuers with an authority of their own (`ca`) from its certificates: of
 * these one signs what the issuer shows, whichever IAM looks at.
 *
 * @throws FederateError `AWS_THUMBPRINTS` when there are more than IAM stores, `CA_FILE_UNREADABLE`, `CA_INVALID`.
 */
export async function issuerThumbprints(request: TrustRequest<AwsWish>): Promise<IssuerThumbprints> {
  const { services, targets, directory = '.' } = request
  const found = new Map<string, Set<string>>()
  for (const { service: name, wish } of targets) {
    const issuer = services.find((service) => service.name === name)?.issuer
    if (issuer === undefined) continue
    const key = `${wish.account} ${issuer.url}`
    const own = wish.thumbprints ?? (issuer.ca === undefined ? [] : await ofAuthority(resolve(directory, issuer.ca)))
    const all = new Set([...(found.get(key) ?? []), ...own.map((one) => one.toLowerCase())])
    if (all.size > most) throw tooMany(issuer.url, wish.account, all.size)
    found.set(key, all)
  }
  return (account, issuer) => [...(found.get(`${account} ${issuer}`) ?? [])].sort()
}

async function ofAuthority(file: string): Promise<string[]> {
  const pem = await readAuthority({ file })
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []
  // What Node calls the fingerprint is the SHA-1 that IAM calls the thumbprint.
  return certificates.map((one) => new X509Certificate(one).fingerprint.replaceAll(':', ''))
}

function tooMany(issuer: string, account: string, count: number): FederateError {
  return new FederateError({
    code: 'AWS_THUMBPRINTS',
    outcome: 'usage',
    problem: `The issuer ${issuer} has ${count} thumbprints for account ${account}; IAM stores ${most}.`,
    next: "Name those that count in the target's thumbprints: of the authority whose certificate ends the issuer's chain.",
    details: { expected: `at most ${most}`, actual: String(count) },
  })
}
