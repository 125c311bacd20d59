/**
 * What verifying costs: first seen and seen before, against bare jose; Express and Fastify apps against those with other
 * middlewares; a flood of unknown keys; keys issued at a real Keycloak. Prints tables; asserts nothing.
 */
import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import { createVerifier } from '@federate/verify'
import { importSPKI, jwtVerify, SignJWT } from 'jose'
import { compareApps } from './verify-apps.ts'
import { pairs, row } from './verify-pairs.ts'

const rounds = Number(process.env['ROUNDS'] ?? 15)
const audience = 'api://orders'

const keys = {
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
}
const jwks = Object.entries(keys).map(([alg, { publicKey }]) => ({
  ...publicKey.export({ format: 'jwk' }),
  ...{ kid: alg, alg, use: 'sig' },
}))

let keyRequests = 0
const server = createServer((request, response) => {
  if (request.url?.endsWith('/certs')) keyRequests += 1
  const body = request.url?.endsWith('/certs') ? { keys: jwks } : { issuer, jwks_uri: `${issuer}/certs` }
  response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const address = server.address()
const issuer = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/realms/prod`

const options = { issuer, audience }
let count = 0

/** A token like Keycloak's, never seen before. */
function newToken(alg: keyof typeof keys, kid: string = alg): Promise<string> {
  count += 1
  const claims = {
    typ: 'Bearer',
    azp: 'billing',
    scope: audience,
    resource_access: { [audience]: { roles: ['reader'] } },
  }
  return new SignJWT({ ...claims, jti: `trrtcc:4c1ca4c7-0103-92ef-dd02-${count}` })
    .setProtectedHeader({ alg, typ: 'JWT', kid })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject('72413e9a-6c76-4f00-80fe-36edcef4f3c7')
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(keys[alg].privateKey)
}

const many = (length: number, alg: keyof typeof keys) => Promise.all(Array.from({ length }, () => newToken(alg)))

console.log('| what | against | ratio of medians (range) | per second |\n|---|---|---|---|')
for (const alg of ['RS256', 'ES256'] as const) {
  const verifier = createVerifier(options)
  const key = await importSPKI(keys[alg].publicKey.export({ type: 'spki', format: 'pem' }).toString(), alg)
  const bare = (token: string) => jwtVerify(token, key, { issuer, audience, algorithms: [alg], typ: 'JWT' })
  const ours = (token: string) => verifier.verify(token)
  await ours(await newToken(alg))
  console.log(row(`first seen, ${alg}`, 'jose.jwtVerify', await pairs(rounds, 400, () => many(400, alg), ours, bare)))
  const same = await newToken(alg)
  const repeated = async () => Array.from({ length: 400 }, () => same)
  console.log(row(`seen before, ${alg}`, 'jose.jwtVerify', await pairs(rounds, 400, repeated, ours, bare)))
}

await compareApps({
  issuer,
  audience,
  rounds,
  tokens: (length) => many(length, 'RS256'),
  newToken: () => newToken('RS256'),
})

await flood()
server.close()

/** Requests by valid tokens while others send unknown key ids as fast as they can. */
async function flood(): Promise<void> {
  const verifier = createVerifier(options)
  const valid = await many(50, 'RS256')
  const forged = await Promise.all(Array.from({ length: 400 }, (_, index) => newToken('ES256', `unknown-${index}`)))
  for (const token of valid) await verifier.verify(token)
  const times = async (until: number): Promise<number[]> => {
    const taken: number[] = []
    for (let turn = 0; performance.now() < until; turn += 1) {
      const start = performance.now()
      await verifier.verify(valid[turn % valid.length] ?? '')
      taken.push(performance.now() - start)
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    return taken
  }
  const p99 = (taken: readonly number[]) =>
    [...taken].sort((one, other) => one - other)[Math.floor(taken.length * 0.99)] ?? 0
  const calm = p99(await times(performance.now() + 3_000))
  const before = keyRequests
  const end = performance.now() + 12_000
  let refused = 0
  const attack = async () => {
    for (let turn = 0; performance.now() < end; turn += 1) {
      await verifier.verify(forged[turn % forged.length] ?? '').catch(() => {
        refused += 1
      })
      if (turn % 20 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const [, flooded] = await Promise.all([attack(), times(end).then(p99)])
  console.log(
    `\nflood: ${refused} tokens of unknown keys refused in 12 s, ${keyRequests - before} requests to the issuer; valid requests' p99 ${(flooded * 1000).toFixed(0)} µs against ${(calm * 1000).toFixed(0)} µs when calm`,
  )
}
