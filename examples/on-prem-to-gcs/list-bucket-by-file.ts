// An unmodified program: it knows Google Cloud and nothing of federate. Its credentials come from the file in
// GOOGLE_APPLICATION_CREDENTIALS, which `federate configure gcp` wrote.
import { Storage } from '@google-cloud/storage'

const { BUCKET = '', STORAGE_ENDPOINT } = process.env

// Only where something on this machine plays Cloud Storage.
const endpoint =
  STORAGE_ENDPOINT === undefined ? {} : { apiEndpoint: STORAGE_ENDPOINT, useAuthWithCustomEndpoint: true }
const storage = new Storage(endpoint)

const [files] = await storage.bucket(BUCKET).getFiles()
for (const { name, metadata } of files) console.log(`${name} ${metadata.size}`)
