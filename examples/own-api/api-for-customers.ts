/**
 * An API that customers call with keys of their own (`federate keys issue acme --api orders --role reader`): who they are
 * is in the token, what they may do is a role. ISSUER and PORT come from the environment.
 */
import { requireRole, requireToken } from '@federate/verify/express'
import express from 'express'

const { ISSUER = '', PORT = '8080' } = process.env
const guard = requireToken({
  issuer: ISSUER,
  audience: 'api://orders',
  warn: (message) => console.error(message),
  onRefused: ({ code, problem }) => console.error(code, problem),
})
const readers = guard.and(requireRole('reader', { client: 'api://orders' }))
const writers = guard.and(requireRole('writer', { client: 'api://orders' }))

const orders = new Map<string, string[]>()
const app = express()
app.use(guard, express.json())
app.get('/orders', readers, (request, response) => {
  response.json(orders.get(readers.token(request).clientId ?? '') ?? [])
})
app.post('/orders', writers, (request, response) => {
  const { clientId = '' } = writers.token(request)
  orders.set(clientId, [...(orders.get(clientId) ?? []), String(request.body?.item)])
  response.status(201).json(orders.get(clientId))
})
const server = app.listen(Number(PORT), '127.0.0.1', () => console.log('listening', server.address()))
