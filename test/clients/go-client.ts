import { execFile, spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { once } from '../keycloak/distribution.ts'

// Pinned: a client that changes shall not change what these tests say.
const config = 'v1.33.15'
const sts = 'v1.51.8'
const oauth2 = 'v0.37.0'
const azcore = 'v1.24.0'
const azidentity = 'v1.15.0'

/** What any Go program does that has never heard of federate: the SDK's default chain, one call. */
const whoami = `package main

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

/** What any Go program with Google's library does: the file's credentials, one token. */
const accessToken = `package main

import (
	"context"
	"fmt"
	"os"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"
)

const scope = "https://www.googleapis.com/auth/cloud-platform"

func main() {
	token, err := accessToken(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(token.AccessToken)
}

func accessToken(path string) (*oauth2.Token, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	credentials, err := google.CredentialsFromJSONWithType(context.Background(), text, google.ExternalAccount, scope)
	if err != nil {
		return nil, err
	}
	return credentials.TokenSource.Token()
}
`

/**
 * What any Go program with Azure's library does: one token by a credential of the environment. That no other authority is
 * asked whether the sandbox's exists is the one thing that it would not do against Entra itself.
 */
const azureToken = `package main

import (
	"context"
	"fmt"
	"os"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

func main() {
	token, err := accessToken(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(token.Token)
}

func accessToken(kind string) (azcore.AccessToken, error) {
	credential, err := credentialOf(kind)
	if err != nil {
		return azcore.AccessToken{}, err
	}
	scopes := []string{"https://storage.azure.com/.default"}
	return credential.GetToken(context.Background(), policy.TokenRequestOptions{Scopes: scopes})
}

func credentialOf(kind string) (azcore.TokenCredential, error) {
	switch kind {
	case "workload":
		options := azidentity.WorkloadIdentityCredentialOptions{DisableInstanceDiscovery: true}
		return azidentity.NewWorkloadIdentityCredential(&options)
	case "managed":
		return azidentity.NewManagedIdentityCredential(nil)
	}
	options := azidentity.DefaultAzureCredentialOptions{DisableInstanceDiscovery: true}
	return azidentity.NewDefaultAzureCredential(&options)
}
`

/**
 * Whether Go is here; says loudly that it is not.
 *
 * @param what names the library in that message.
 * @throws Error under `CI=true`.
 */
export function goAvailable(what: string, env: NodeJS.ProcessEnv = process.env): boolean {
  if (spawnSync('go', ['version'], { stdio: 'ignore' }).status === 0) return true
  const message = `The tests with ${what} need Go and its module proxy: not found on this machine.`
  if (env['CI'] === 'true') throw new Error(`${message} Install it: under CI=true they may not be skipped.`)
  process.stderr.write(`\n!!! NOT TESTED: ${message} They are skipped.\n\n`)
  return false
}

/** A program with AWS's SDK for Go that prints who it is. */
export function goClient(): Promise<string> {
  const aws = 'github.com/aws/aws-sdk-go-v2'
  return built(`go-aws-${config}-${sts}`, 'whoami', whoami, [`${aws}/config ${config}`, `${aws}/service/sts ${sts}`])
}

/** A program with Google's library for Go that prints an access token by the external-account file it is given. */
export function goGoogleClient(): Promise<string> {
  return built(`go-google-token-${oauth2}`, 'access-token', accessToken, [`golang.org/x/oauth2 ${oauth2}`])
}

/** A program with Azure's library for Go that prints an access token for storage, by the kind of credential it is given. */
export function goAzureClient(): Promise<string> {
  const sdk = 'github.com/Azure/azure-sdk-for-go/sdk'
  const modules = [`${sdk}/azcore ${azcore}`, `${sdk}/azidentity ${azidentity}`]
  return built(`go-azure-token-${azidentity}`, 'azure-token', azureToken, modules)
}

/** The path of the program `name`, built once. */
async function built(folderName: string, name: string, program: string, modules: readonly string[]): Promise<string> {
  const folder = await once(folderName, async (into) => {
    const required = modules.map((module) => `require ${module}\n`).join('')
    await writeFile(join(into, 'go.mod'), `module ${name}\n\ngo 1.24\n\n${required}`)
    await writeFile(join(into, 'main.go'), program)
    const run = (...args: string[]) => promisify(execFile)('go', args, { cwd: into })
    await run('mod', 'tidy')
    await run('build', '-o', name, '.')
  })
  return join(folder, name)
}
