import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FederateFile } from '@federate/core'
import { CertificateAuthority } from '../certificate-authority.ts'
import { serveOnLoopback } from '../loopback-server.ts'
import { type CloudOptions, type ServedCloud, wishedTexts } from '../served-cloud.ts'
import { createAzure } from './index.ts'
import type { AzureSandbox } from './sandbox.ts'

/** The tenant that Microsoft's documentation uses as its example. */
const exampleTenant = '72f988bf-86f1-41af-91ab-2d7cd011db47'

/**
 * What would win over the sandbox's administrator in the SDKs' chains, be mixed with it, or lead elsewhere: the variables of
 * the Azure Identity libraries ("Environment variables" of its README, managed identities, workload identity), of the Azure
 * CLI, and of Terraform's provider (`ARM_`). Those that `env` sets are here, too, because it does so only where a target is
 * in Azure.
 */
const inTheWay = [
  'AZURE_AUTHORITY_HOST',
  'AZURE_REGIONAL_AUTHORITY_NAME',
  'AZURE_POD_IDENTITY_AUTHORITY_HOST',
  'AZURE_TENANT_ID',
  'AZURE_ADDITIONALLY_ALLOWED_TENANTS',
  'AZURE_CLIENT_ID',
  'AZURE_CLIENT_SECRET',
  'AZURE_CLIENT_CERTIFICATE_PATH',
  'AZURE_CLIENT_CERTIFICATE_PASSWORD',
  'AZURE_FEDERATED_TOKEN_FILE',
  'AZURE_KUBERNETES_TOKEN_PROXY',
  'AZURE_KUBERNETES_CA_DATA',
  'AZURE_KUBERNETES_CA_FILE',
  'AZURE_KUBERNETES_SNI_NAME',
  'AZURE_TOKEN_CREDENTIALS',
  'AZURE_USERNAME',
  'AZURE_PASSWORD',
  'AZURE_CLOUD_NAME',
  'IDENTITY_ENDPOINT',
  'IDENTITY_HEADER',
  'IDENTITY_SERVER_THUMBPRINT',
  'IMDS_ENDPOINT',
  'MSI_ENDPOINT',
  'MSI_SECRET',
  'ARM_*',
  'FEDERATE_AZURE_GRAPH_URL',
  'FEDERATE_AZURE_RESOURCE_MANAGER_URL',
]

/** The sandbox's Azure with what its https needs of clients. */
export interface AzureControl extends AzureSandbox {
  /** The certificate of the authority that clients must trust, in PEM. */
  readonly authority: string
  /** A file that holds it. */
  readonly authorityFile: string
}

/** Serves Entra, Graph and Resource Manager for the tenants of federate.yaml, by https with an authority of its own. */
export async function serveAzure(
  file: FederateFile,
  { now, fetch, port }: CloudOptions,
): Promise<ServedCloud<AzureControl>> {
  const tenants = tenantsIn(file)
  const [tenant = exampleTenant] = Object.keys(tenants)
  const azure = createAzure({ now, fetch, tenants })
  const made = new Date(now())
  const authority = await CertificateAuthority.make(made)
  const folder = await mkdtemp(join(tmpdir(), 'federate-sandbox-azure-'))
  const authorityFile = join(folder, 'authority.pem')
  await writeFile(authorityFile, authority.pair.certificate)
  const server = await serveOnLoopback((request, response) => azure.handle(request, response), {
    label: 'Azure',
    tls: await authority.issueForServer(['localhost', '127.0.0.1', '::1'], made),
    ...(port === undefined ? {} : { port }),
  })
  const endpoint = `https://localhost:${server.port}`
  const env = {
    AZURE_AUTHORITY_HOST: endpoint,
    FEDERATE_AZURE_GRAPH_URL: endpoint,
    FEDERATE_AZURE_RESOURCE_MANAGER_URL: endpoint,
    NODE_EXTRA_CA_CERTS: authorityFile,
    AZURE_TENANT_ID: tenant,
    AZURE_CLIENT_ID: azure.administrator.clientId,
    AZURE_CLIENT_SECRET: azure.administrator.clientSecret,
  }
  // Without targets in Azure nobody needs it, and NODE_EXTRA_CA_CERTS may be somebody's own.
  const pointing = file.services.some(({ targets }) => targets.some(({ cloud }) => cloud === 'azure')) ? env : {}
  const control = Object.assign(azure, { authority: authority.pair.certificate, authorityFile })
  const close = async () => {
    await server.close()
    await rm(folder, { recursive: true, force: true })
  }
  return { label: 'Azure', endpoint, env: pointing, inTheWay, control, close }
}

/** The tenants of the file with the places that their targets name: these exist. */
function tenantsIn(file: FederateFile): Record<string, Record<string, string[]>> {
  const wishes = file.services.flatMap((service) => service.targets).filter(({ cloud }) => cloud === 'azure')
  const tenants: Record<string, Record<string, string[]>> = {}
  for (const tenant of wishedTexts(file, 'azure', 'tenant')) tenants[tenant] = {}
  if (Object.keys(tenants).length === 0) tenants[exampleTenant] = {}
  for (const { wish } of wishes) {
    const tenant = typeof wish === 'object' && wish !== null ? String(Reflect.get(wish, 'tenant')) : ''
    for (const [subscription, group] of placesIn(wish)) {
      const known = tenants[tenant] ?? {}
      const groups = [...(known[subscription] ?? []), ...(group === undefined ? [] : [group])]
      tenants[tenant] = { ...known, [subscription]: groups }
    }
  }
  return tenants
}

/** What a wish looks like is the cloud's own business; ids of subscriptions and names of groups look the same anywhere. */
function placesIn(wish: unknown): readonly (readonly [string, string | undefined])[] {
  const text = JSON.stringify(wish)
  const scopes = [...text.matchAll(/\/subscriptions\/([0-9a-f-]{36})(?:\/resourceGroups\/([^/"]+))?/gi)]
  const identities = [...text.matchAll(/"subscription":"([^"]+)","resourceGroup":"([^"]+)"/g)]
  return [...scopes, ...identities].map(([, subscription = '', group]) => [subscription.toLowerCase(), group])
}
