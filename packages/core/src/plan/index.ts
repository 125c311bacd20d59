export type { Change, Discovery, JsonValue, Outputs, Ownership, Resource, Shown } from './resource.ts'
