// The floor: the two requests that `federate credentials azure` cannot do without, and nothing else.
const { issuedToken, postForm } = require('./floor-requests.cjs')

async function main([port, ...client]) {
  const path = '/2a585d57-a5a8-4688-a60c-9796389eae7a/oauth2/v2.0/token'
  const { access_token: accessToken, expires_in: lifetime } = await postForm(
    { host: '127.0.0.1', port, path },
    {
      grant_type: 'client_credentials',
      client_id: '868ab87f-fc57-46b2-8815-9b80a74b8922',
      scope: 'https://storage.azure.com/.default',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await issuedToken([port, ...client], 'federate-azure'),
    },
  )
  const expiresOn = new Date(Date.now() + lifetime * 1000).toISOString()
  process.stdout.write(JSON.stringify({ accessToken, expiresOn, tokenType: 'Bearer' }))
}

main(process.argv.slice(2))
