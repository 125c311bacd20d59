import fc from 'fast-check'

// PROPERTY_RUNS=5000 npm test -- unit: look for rarer counterexamples than the hundred runs of every day find.
const runs = Number(process.env['PROPERTY_RUNS'] ?? 100)
fc.configureGlobal({ numRuns: runs, interruptAfterTimeLimit: 240_000 })
