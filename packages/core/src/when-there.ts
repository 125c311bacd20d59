/**
 * Uses a value at once where it is there, and when it comes where it is only promised: what is asked for thirty thousand
 * times a second is mostly there, and to wait for it would take as long as to answer.
 */
export function whenThere<T, R>(value: T | Promise<T>, use: (value: T) => R): R | Promise<R> {
  return value instanceof Promise ? value.then(use) : use(value)
}
