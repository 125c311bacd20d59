import type { IssuerRequest } from './message.ts'

/** The parameters of a form, or none where the body is no form. Multipart, which Keycloak reads too, is not taken. */
export function formOf(request: IssuerRequest): URLSearchParams {
  const type = (request.contentType ?? '').split(';')[0]?.trim().toLowerCase()
  return new URLSearchParams(type === 'application/x-www-form-urlencoded' ? request.body : '')
}

/** RFC 6749 section 3.2: parameters must not be included more than once. */
export function hasDuplicates(form: URLSearchParams): boolean {
  return new Set(form.keys()).size !== [...form.keys()].length
}
