// A Node service that gets its credentials in one line, kept fresh for as long as it runs.
import { clientSecret } from '@federate/core'
import { gcpAuthClient } from '@federate/gcp'
import { keycloak } from '@federate/keycloak'
import { Storage } from '@google-cloud/storage'

const { ISSUER = '', PROVIDER = '', SERVICE_ACCOUNT = '', BUCKET = '', STORAGE_ENDPOINT } = process.env
const { SECRET_FILE = 'secrets/billing' } = process.env

// Only where something on this machine plays Cloud Storage.
const endpoint =
  STORAGE_ENDPOINT === undefined ? {} : { apiEndpoint: STORAGE_ENDPOINT, useAuthWithCustomEndpoint: true }
const token = keycloak({ issuer: ISSUER, clientId: 'billing', auth: clientSecret({ file: SECRET_FILE }) })
const storage = new Storage({
  projectId: 'acme-prod',
  authClient: gcpAuthClient({ token, provider: PROVIDER, serviceAccount: SERVICE_ACCOUNT }),
  ...endpoint,
})

const [files] = await storage.bucket(BUCKET).getFiles()
for (const { name, metadata } of files) console.log(`${name} ${metadata.size}`)
