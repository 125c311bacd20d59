// The same without a profile: a Node service that gets its credentials in one line, kept fresh for as long as it runs.
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { awsCredentials } from '@federate/aws'
import { clientSecret } from '@federate/core'
import { keycloak } from '@federate/keycloak'

const { ISSUER = '', ROLE_ARN = '', BUCKET = '', SECRET_FILE = 'secrets/billing' } = process.env

const token = keycloak({ issuer: ISSUER, clientId: 'billing', auth: clientSecret({ file: SECRET_FILE }) })
const s3 = new S3Client({ credentials: awsCredentials({ token, roleArn: ROLE_ARN }) })

const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET }))
for (const object of Contents) console.log(`${object.Key} ${object.Size}`)
