// A Node service that gets its credentials in one line, kept fresh for as long as it runs.
import { ContainerClient } from '@azure/storage-blob'
import { azureCredential } from '@federate/azure'
import { clientSecret } from '@federate/core'
import { keycloak } from '@federate/keycloak'

const { ISSUER = '', TENANT = '', APPLICATION = '', CONTAINER_URL = '' } = process.env
const { SECRET_FILE = 'secrets/billing' } = process.env

const token = keycloak({ issuer: ISSUER, clientId: 'billing', auth: clientSecret({ file: SECRET_FILE }) })
const credential = azureCredential({ token, tenantId: TENANT, clientId: APPLICATION })
const container = new ContainerClient(CONTAINER_URL, credential)

for await (const { name, properties } of container.listBlobsFlat()) console.log(`${name} ${properties.contentLength}`)
