// The floor: the three requests that `federate credentials gcp` cannot do without, and nothing else.
const https = require('node:https')
const [, , port, clientId, secret] = process.argv

function post(host, path, headers, body) {
  return new Promise((resolve, reject) => {
    const request = https.request({ host, port, path, method: 'POST', headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk))
      response.once('end', () => resolve(JSON.parse(text)))
    })
    request.once('error', reject)
    request.end(body)
  })
}

async function main() {
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const basic = Buffer.from(`${clientId}:${secret}`).toString('base64')
  const issued = await post(
    'localhost',
    '/realms/bench/protocol/openid-connect/token',
    { ...form, authorization: `Basic ${basic}` },
    new URLSearchParams({ grant_type: 'client_credentials', scope: 'federate-gcp' }).toString(),
  )
  const exchange = {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    audience:
      '//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/acme/providers/keycloak',
    scope: 'https://www.googleapis.com/auth/cloud-platform',
    requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    subject_token: issued.access_token,
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
  }
  const federated = await post('127.0.0.1', '/v1/token', form, new URLSearchParams(exchange).toString())
  const { accessToken, expireTime } = await post(
    '127.0.0.1',
    '/v1/projects/-/serviceAccounts/billing%40acme-prod.iam.gserviceaccount.com:generateAccessToken',
    { 'content-type': 'application/json', authorization: `Bearer ${federated.access_token}` },
    JSON.stringify({ scope: ['https://www.googleapis.com/auth/cloud-platform'], lifetime: '3600s' }),
  )
  process.stdout.write(JSON.stringify({ access_token: accessToken, token_type: 'Bearer', expires_at: expireTime }))
}

main()
