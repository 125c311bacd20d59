// What the tests of other packages share; for development only, and not packed.
export { asNobody } from './files/as-nobody.test-kit.ts'
export * from './options/junk.test-kit.ts'
export * from './rules/cases.test-kit.ts'
export { thrownBy } from './thrown-by.test-kit.ts'
