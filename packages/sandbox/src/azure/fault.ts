/** An answer that refuses, in the shape that Graph and Resource Manager share. */
export class AzureFault extends Error {
  readonly status: number
  readonly code: string
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.name = 'AzureFault'
    this.status = status
    this.code = code
    this.headers = headers
  }
}

/** A refusal of Entra's token endpoint. */
export class EntraFault extends Error {
  readonly status: number
  readonly error: string
  /** Without the prefix. */
  readonly aadsts: string
  readonly headers: Readonly<Record<string, string>>

  constructor(aadsts: string, message: string, status: number, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.name = 'EntraFault'
    this.aadsts = aadsts
    this.status = status
    this.error = oauthErrors[aadsts] ?? (status === 401 ? 'invalid_client' : 'invalid_request')
    this.headers = headers
  }
}

/** Where OAuth's word is not the one that goes with the status. */
const oauthErrors: Readonly<Record<string, string>> = {
  '700016': 'unauthorized_client',
  '90002': 'invalid_request',
  '70003': 'unsupported_grant_type',
  '70011': 'invalid_scope',
  '1002012': 'invalid_scope',
  '53003': 'access_denied',
}
