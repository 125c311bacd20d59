// The floor: the two requests that `federate credentials aws` cannot do without, and nothing else.
const https = require('node:https')
const [, , port, clientId, secret] = process.argv

function post(host, path, headers, body) {
  return new Promise((resolve, reject) => {
    const request = https.request({ host, port, path, method: 'POST', headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk))
      response.once('end', () => resolve(text))
    })
    request.once('error', reject)
    request.end(body)
  })
}

async function main() {
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const basic = Buffer.from(`${clientId}:${secret}`).toString('base64')
  const grant = new URLSearchParams({ grant_type: 'client_credentials', scope: 'federate-aws' }).toString()
  const answer = await post(
    'localhost',
    '/realms/bench/protocol/openid-connect/token',
    { ...form, authorization: `Basic ${basic}` },
    grant,
  )
  const exchange = new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: 'arn:aws:iam::123456789012:role/billing',
    RoleSessionName: 'bench',
    WebIdentityToken: JSON.parse(answer).access_token,
  }).toString()
  const xml = await post('127.0.0.1', '/', form, exchange)
  const value = (name) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]
  process.stdout.write(
    JSON.stringify({
      Version: 1,
      AccessKeyId: value('AccessKeyId'),
      SecretAccessKey: value('SecretAccessKey'),
      SessionToken: value('SessionToken'),
      Expiration: value('Expiration'),
    }),
  )
}

main()
