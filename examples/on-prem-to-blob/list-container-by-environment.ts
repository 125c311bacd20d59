// An unmodified program: it knows Azure and nothing of federate. Its credentials come from the variables that
// `federate configure azure` wrote into a file, or from those that `federate exec` sets.
import { DefaultAzureCredential } from '@azure/identity'
import { ContainerClient } from '@azure/storage-blob'

const { CONTAINER_URL = '' } = process.env

const container = new ContainerClient(CONTAINER_URL, new DefaultAzureCredential())

for await (const { name, properties } of container.listBlobsFlat()) console.log(`${name} ${properties.contentLength}`)
