import { makePlace } from '../cli/harness.ts'
import { awsClients, tagged } from './aws-clients.suite.ts'

awsClients(async () => {
  const place = await makePlace(tagged)
  await place.startSandbox()
  const setup = await place.federate('setup aws billing --yes')
  if (setup.status !== 0) throw new Error(setup.stderr)
  return place
})
