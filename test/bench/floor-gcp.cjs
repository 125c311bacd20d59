// The floor: the three requests that `federate credentials gcp` cannot do without, and nothing else.
const { issuedToken, post, postForm } = require('./floor-requests.cjs')

const host = '127.0.0.1'

async function main([port, ...client]) {
  const federated = await postForm(
    { host, port, path: '/v1/token' },
    {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      audience:
        '//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/acme/providers/keycloak',
      scope: 'https://www.googleapis.com/auth/cloud-platform',
      requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      subject_token: await issuedToken([port, ...client], 'federate-gcp'),
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    },
  )
  const path = '/v1/projects/-/serviceAccounts/billing%40acme-prod.iam.gserviceaccount.com:generateAccessToken'
  const { accessToken, expireTime } = await post(
    { host, port, path },
    { 'content-type': 'application/json', authorization: `Bearer ${federated.access_token}` },
    JSON.stringify({ scope: ['https://www.googleapis.com/auth/cloud-platform'], lifetime: '3600s' }),
  )
  process.stdout.write(JSON.stringify({ access_token: accessToken, token_type: 'Bearer', expires_at: expireTime }))
}

main(process.argv.slice(2))
