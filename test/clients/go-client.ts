import { execFile, spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { once } from '../keycloak/distribution.ts'

// Pinned: a client that changes shall not change what these tests say.
const config = 'v1.33.15'
const sts = 'v1.51.8'

const moduleFile = `module whoami

go 1.24

require (
	github.com/aws/aws-sdk-go-v2/config ${config}
	github.com/aws/aws-sdk-go-v2/service/sts ${sts}
)
`

/** What any Go program does that has never heard of federate: the SDK's default chain, one call. */
const program = `package main

import (
	"context"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

func main() {
	background := context.Background()
	options, err := config.LoadDefaultConfig(background)
	if err == nil {
		var answer *sts.GetCallerIdentityOutput
		answer, err = sts.NewFromConfig(options).GetCallerIdentity(background, &sts.GetCallerIdentityInput{})
		if err == nil {
			fmt.Println(*answer.Arn)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
`

/** Whether Go is here; says loudly that it is not. @throws Error under `CI=true`. */
export function goAvailable(env: NodeJS.ProcessEnv = process.env): boolean {
  if (spawnSync('go', ['version'], { stdio: 'ignore' }).status === 0) return true
  const message = 'The tests with the AWS SDK for Go need Go and its module proxy: not found on this machine.'
  if (env['CI'] === 'true') throw new Error(`${message} Install it: under CI=true they may not be skipped.`)
  process.stderr.write(`\n!!! NOT TESTED: ${message} They are skipped.\n\n`)
  return false
}

/** A program with AWS's SDK for Go that prints who it is; built once. */
export async function goClient(): Promise<string> {
  const folder = await once(`go-aws-${config}-${sts}`, async (into) => {
    await writeFile(join(into, 'go.mod'), moduleFile)
    await writeFile(join(into, 'main.go'), program)
    const run = (...args: string[]) => promisify(execFile)('go', args, { cwd: into })
    await run('mod', 'tidy')
    await run('build', '-o', 'whoami', '.')
  })
  return join(folder, 'whoami')
}
