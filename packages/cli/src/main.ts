import manifest from '../package.json' with { type: 'json' }

// The two questions that scripts ask in loops are answered before anything is loaded.
const [first, second] = process.argv.slice(2)
if (second === undefined && (first === '--version' || first === '-V')) {
  process.stdout.write(`${manifest.version}\n`)
} else {
  void import('./run.ts').then(async ({ run }) => {
    process.exitCode = await run(process.argv.slice(2), manifest.version)
  })
}
