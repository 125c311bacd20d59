export { type Applied, type ApplyOptions, applyPlan, type ProgressEvent } from './apply.ts'
export { ApplyError } from './apply-error.ts'
export { canonicalJson } from './fingerprint.ts'
export {
  type Action,
  blockedSteps,
  hasChanges,
  makeDestroyPlan,
  makePlan,
  type Plan,
  type PlannedStep,
  type PlanRequest,
} from './plan.ts'
export { forEachLimited, mapLimited } from './pool.ts'
export { type Paint, planToJson, renderPlan } from './render.ts'
export type { Change, Discovery, JsonValue, Outputs, Ownership, Resource, Shown } from './resource.ts'
