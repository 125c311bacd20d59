import { makePlace } from '../cli/harness.ts'
import { awsClients, tagged } from './aws-clients.suite.ts'

awsClients(async () => {
  const place = await makePlace(tagged)
  await place.startSandbox()
  await place.setUp('aws billing')
  return place
})
