/** What is known of a function at Google. */
export type FunctionStanding = 'usable' | 'undocumented' | 'unknown'

// The CEL language definition, "Functions" and "Macros": what every CEL has.
const standard = [
  ...['bool', 'bytes', 'double', 'duration', 'dyn', 'int', 'string', 'timestamp', 'type', 'uint'],
  ...['contains', 'endsWith', 'matches', 'size', 'startsWith'],
  ...['getDate', 'getDayOfMonth', 'getDayOfWeek', 'getDayOfYear', 'getFullYear', 'getHours'],
  ...['getMilliseconds', 'getMinutes', 'getMonth', 'getSeconds'],
  ...['has', 'all', 'exists', 'exists_one', 'map', 'filter'],
]

// extract: Troubleshoot Workload Identity Federation. split: Configure Workload Identity Federation with deployment
// pipelines (Azure DevOps). join: Configure Workforce Identity Federation.
const ofGoogle = ['extract', 'split', 'join']

// The strings extension of CEL; that Google's STS has it is not documented.
const extension = [
  ...['charAt', 'format', 'indexOf', 'lastIndexOf', 'lowerAscii', 'quote', 'replace', 'substring', 'trim'],
  'upperAscii',
]

const usable = new Set([...standard, ...ofGoogle])
const undocumented = new Set(extension)

export function functionStanding(name: string): FunctionStanding {
  // Operators are functions with names that no identifier can have: _==_, !_, @in.
  if (usable.has(name) || /[^\w]|^_|_$/.test(name)) return 'usable'
  return undocumented.has(name) ? 'undocumented' : 'unknown'
}
