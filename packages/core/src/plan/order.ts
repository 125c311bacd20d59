import { FederateError } from '../errors.ts'

interface Node {
  readonly address: string
  readonly dependsOn: readonly string[]
}

/**
 * Puts what others depend on first; equals keep their order.
 *
 * @throws FederateError `PLAN_CYCLE` when resources need each other in a circle, `PLAN_DUPLICATE` when two bear one address.
 */
export function inDependencyOrder<T extends Node>(nodes: readonly T[]): T[] {
  const byAddress = new Map<string, T>()
  for (const node of nodes) {
    if (byAddress.has(node.address)) throw duplicate(node.address)
    byAddress.set(node.address, node)
  }
  const ordered = new Set<T>()
  for (const node of nodes) visit(node, [], byAddress, ordered)
  return [...ordered]
}

function visit<T extends Node>(node: T, path: readonly T[], byAddress: ReadonlyMap<string, T>, ordered: Set<T>): void {
  if (ordered.has(node)) return
  if (path.includes(node)) throw cycle([...path, node])
  for (const address of node.dependsOn) {
    const needed = byAddress.get(address)
    if (needed !== undefined) visit(needed, [...path, node], byAddress, ordered)
  }
  ordered.add(node)
}

function duplicate(address: string): FederateError {
  return new FederateError({
    code: 'PLAN_DUPLICATE',
    outcome: 'usage',
    problem: `Two parts of the plan want the same object: ${address}.`,
    next: 'Give one of the two another name in federate.yaml.',
  })
}

function cycle(path: readonly Node[]): FederateError {
  return new FederateError({
    code: 'PLAN_CYCLE',
    outcome: 'failed',
    problem: `These objects need each other in a circle: ${path.map((node) => node.address).join(' → ')}.`,
    next: 'This is a fault of federate or of an extension: please report it with the plan.',
  })
}
