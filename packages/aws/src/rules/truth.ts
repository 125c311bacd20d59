/** Three-valued logic: what AWS does not document is neither true nor false. */
export type Truth = 'true' | 'false' | 'unknown'

export function truth(value: boolean): Truth {
  return value ? 'true' : 'false'
}

export function not(value: Truth): Truth {
  if (value === 'unknown') return 'unknown'
  return value === 'true' ? 'false' : 'true'
}

/** True when all are; false when one is. */
export function every(values: readonly Truth[]): Truth {
  if (values.includes('false')) return 'false'
  return values.includes('unknown') ? 'unknown' : 'true'
}

/** True when one is; false when all are. */
export function some(values: readonly Truth[]): Truth {
  if (values.includes('true')) return 'true'
  return values.includes('unknown') ? 'unknown' : 'false'
}
