/** Who is asked, for the codes and the words of what goes wrong on the way there. */
export interface Peer {
  /** Of the error codes: `ISSUER` makes `ISSUER_UNREACHABLE`. */
  readonly prefix: string
  /** As it stands in the middle of a sentence, with its article: `the issuer`, `Google STS`. */
  readonly name: string
}

export const issuerPeer: Peer = { prefix: 'ISSUER', name: 'the issuer' }
