/** A service that calls the API of its neighbour. ISSUER, CLIENT_ID, SECRET_FILE and API come from the environment. */
import { clientSecret } from '@federate/core'
import { keycloak } from '@federate/keycloak'

const { ISSUER = '', CLIENT_ID = '', SECRET_FILE = '', API = '' } = process.env
const source = keycloak({ issuer: ISSUER, clientId: CLIENT_ID, auth: clientSecret({ file: SECRET_FILE }) })
const token = await source.getToken({ audience: 'api://orders' })
const answer = await fetch(API, { headers: { authorization: `Bearer ${token.reveal()}` } })
console.log(answer.status, answer.headers.get('www-authenticate') ?? (await answer.text()))
