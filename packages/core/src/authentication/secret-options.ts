import type { OptionPlace } from '../options/option-place.ts'
import type { SecretOptions } from './secret.ts'
import type { SecretSource } from './secret-holder.ts'

/** How a secret is handed over; said where it was not, and first of all where a secret itself stands for the options. */
const how =
  'Give { file: "/run/secrets/billing" } or { env: "BILLING_SECRET" }, or { value } with what you have read yourself.'

const sourceNames = ['file', 'env', 'value'] as const

/** Beside the source, in the options of whatever reads secrets. */
export const secretOptionNames = Object.keys({
  ...{ baseDirectory: true, environment: true, warn: true },
} satisfies Record<keyof SecretOptions, true>)

/** An object that says where a secret is, with these members beside. Nothing that it holds is shown. */
export function secretHolderAt<T>(given: T, others: readonly string[], place: OptionPlace): T & object {
  return place.object(given, [...sourceNames, ...others], how)
}

/** Where the secret is that such an object names. */
export function secretSourceIn(given: object, place: OptionPlace): SecretSource {
  const name = place.oneMember(given, sourceNames, how)
  const value = place.at(name).text(Reflect.get(given, name))
  if (name === 'value') return { value }
  return name === 'file' ? { file: value } : { env: value }
}

/** A source that stands in an option of its own. */
export function secretSourceAt(given: unknown, place: OptionPlace): SecretSource {
  return secretSourceIn(secretHolderAt(given, [], place), place)
}

export function checkSecretOptions({ baseDirectory, environment, warn }: SecretOptions, place: OptionPlace): void {
  if (baseDirectory !== undefined) place.at('baseDirectory').text(baseDirectory)
  if (environment !== undefined) checkEnvironment(environment, place.at('environment'))
  if (warn !== undefined) place.at('warn').function(warn)
}

/** The process's own, or a copy; what the variables hold is not looked at. */
export function checkEnvironment(environment: unknown, place: OptionPlace): void {
  place.objectWith(environment, [], 'an object with the variables')
}
