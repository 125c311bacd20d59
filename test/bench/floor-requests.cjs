// What the floors share: the requests that they cannot do without, and nothing else.
const https = require('node:https')

const form = { 'content-type': 'application/x-www-form-urlencoded' }

/** The JSON that a POST is answered with. */
function post(address, headers, body) {
  return new Promise((resolve, reject) => {
    const request = https.request({ ...address, method: 'POST', headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk))
      response.once('end', () => resolve(JSON.parse(text)))
    })
    request.once('error', reject)
    request.end(body)
  })
}

const postForm = (address, fields) => post(address, form, new URLSearchParams(fields).toString())

/** The issuer's token for a cloud. */
async function issuedToken([port, clientId, secret], scope) {
  const authorization = `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`
  const { access_token: token } = await post(
    { host: 'localhost', port, path: '/realms/bench/protocol/openid-connect/token' },
    { ...form, authorization },
    new URLSearchParams({ grant_type: 'client_credentials', scope }).toString(),
  )
  return token
}

module.exports = { issuedToken, post, postForm }
