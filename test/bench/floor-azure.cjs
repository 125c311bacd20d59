// The floor: the two requests that `federate credentials azure` cannot do without, and nothing else.
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
    new URLSearchParams({ grant_type: 'client_credentials', scope: 'federate-azure' }).toString(),
  )
  const exchange = {
    grant_type: 'client_credentials',
    client_id: '868ab87f-fc57-46b2-8815-9b80a74b8922',
    scope: 'https://storage.azure.com/.default',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: issued.access_token,
  }
  const { access_token: accessToken, expires_in: lifetime } = await post(
    '127.0.0.1',
    '/2a585d57-a5a8-4688-a60c-9796389eae7a/oauth2/v2.0/token',
    form,
    new URLSearchParams(exchange).toString(),
  )
  const expiresOn = new Date(Date.now() + lifetime * 1000).toISOString()
  process.stdout.write(JSON.stringify({ accessToken, expiresOn, tokenType: 'Bearer' }))
}

main()
