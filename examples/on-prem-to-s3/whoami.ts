// An unmodified program: it knows AWS and nothing of federate. Its credentials come from the profile in AWS_PROFILE,
// whose `credential_process` is `federate credentials aws`.
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'

const identity = await new STSClient({}).send(new GetCallerIdentityCommand({}))
console.log(identity.Arn)
