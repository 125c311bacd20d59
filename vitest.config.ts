import { defineConfig } from 'vitest/config'

// These start real servers and processes; two cores carry two of them at a time, and beside other work take a minute for what takes two seconds.
const slow = { testTimeout: 180_000, hookTimeout: 300_000, maxWorkers: 2, setupFiles: 'test/cli/own-cache.ts' }

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts'],
          setupFiles: 'scripts/property-runs.ts',
          // For a busy machine: properties are tried a hundred times and more.
          testTimeout: 30_000,
        },
      },
      { test: { name: 'structure', include: ['test/structure/**/*.test.ts'], ...slow } },
      { test: { name: 'packed', include: ['test/packed/**/*.test.ts'], ...slow } },
      {
        test: {
          name: 'system',
          include: ['test/**/*.test.ts'],
          exclude: ['**/node_modules/**', 'test/structure/**', 'test/packed/**'],
          globalSetup: 'test/keycloak/pool.ts',
          ...slow,
        },
      },
    ],
  },
})
