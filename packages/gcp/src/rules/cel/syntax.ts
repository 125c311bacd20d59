import type { parse } from '@bufbuild/cel'

type Expr = NonNullable<ReturnType<typeof parse>['expr']>

/** One use of a variable and what is selected from it: `assertion.sub` is `['assertion', 'sub']`. */
export interface Reference {
  readonly path: readonly string[]
  /** Inside `has(…)`: asked for, not used. */
  readonly tested: boolean
}

/** What an expression is made of. */
export interface Parts {
  /** Names of functions, methods and operators. */
  readonly functions: ReadonlySet<string>
  readonly references: readonly Reference[]
}

/** Walks an expression: which functions it calls, and what it reads. */
export function partsOf(expression: Expr | undefined): Parts {
  const functions = new Set<string>()
  const references: Reference[] = []
  const visit = (node: Expr, bound: ReadonlySet<string>): void => {
    const path = selection(node)
    if (path !== undefined) {
      if (!bound.has(path[0] ?? '')) references.push({ path, tested: isTest(node) })
      return
    }
    if (node.exprKind.case === 'callExpr') functions.add(node.exprKind.value.function)
    const inner = new Set([...bound, ...variablesOf(node)])
    for (const part of partsOutside(node)) visit(part, bound)
    for (const part of partsInside(node)) visit(part, inner)
  }
  if (expression !== undefined) visit(expression, new Set())
  return { functions, references }
}

/** The parts that see what their parent sees. */
function partsOutside({ exprKind: kind }: Expr): readonly Expr[] {
  if (kind.case === 'selectExpr') return present([kind.value.operand])
  if (kind.case === 'callExpr') return present([kind.value.target, ...kind.value.args])
  if (kind.case === 'listExpr') return kind.value.elements
  if (kind.case === 'comprehensionExpr') return present([kind.value.iterRange, kind.value.accuInit])
  if (kind.case !== 'structExpr') return []
  return present(
    kind.value.entries.flatMap(({ keyKind, value }) => [keyKind.case === 'mapKey' ? keyKind.value : undefined, value]),
  )
}

/** What sees the variables that a macro such as `exists` brings along. */
function partsInside({ exprKind: kind }: Expr): readonly Expr[] {
  if (kind.case !== 'comprehensionExpr') return []
  return present([kind.value.loopCondition, kind.value.loopStep, kind.value.result])
}

function variablesOf({ exprKind: kind }: Expr): readonly string[] {
  return kind.case === 'comprehensionExpr' ? [kind.value.iterVar, kind.value.accuVar] : []
}

function present(parts: readonly (Expr | undefined)[]): readonly Expr[] {
  return parts.filter((part) => part !== undefined)
}

/** The path of a variable with selections by name only: `a`, `a.b`, `a['b'].c`. */
function selection(node: Expr): readonly string[] | undefined {
  const { exprKind: kind } = node
  if (kind.case === 'identExpr') return [kind.value.name]
  if (kind.case === 'selectExpr') return extended(kind.value.operand, kind.value.field)
  if (kind.case !== 'callExpr' || kind.value.function !== '_[_]') return undefined
  const [operand, index] = kind.value.args
  const name = index?.exprKind.case === 'constExpr' ? index.exprKind.value.constantKind : undefined
  return name?.case === 'stringValue' ? extended(operand, name.value) : undefined
}

function extended(operand: Expr | undefined, name: string): readonly string[] | undefined {
  const path = operand === undefined ? undefined : selection(operand)
  return path === undefined ? undefined : [...path, name]
}

function isTest({ exprKind: kind }: Expr): boolean {
  return kind.case === 'selectExpr' && kind.value.testOnly
}
