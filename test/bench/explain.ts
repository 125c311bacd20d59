/** `explain` of 10,000 tokens against one policy, against one `jose.decodeJwt` each. Prints ratios; asserts nothing. */
import { evaluate } from '@federate/aws/rules'
import { readJwt } from '@federate/core'
import { decodeJwt, SignJWT } from 'jose'

const count = 10_000
const rounds = 7
const url = 'kc.example.com/realms/prod'
const arn = `arn:aws:iam::123456789012:oidc-provider/${url}`
const roleArn = 'arn:aws:iam::123456789012:role/billing'
const now = new Date()
const key = new TextEncoder().encode('a key that only this benchmark knows')
const trustPolicy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: arn },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${url}:aud`]: 'sts.amazonaws.com', [`${url}:sub`]: 'service-account-5' } },
    },
  ],
})
const tokens = await Promise.all(
  Array.from({ length: count }, (_, index) =>
    new SignJWT({ azp: 'sts.amazonaws.com', scope: 'federate-aws', client_id: `${index}` })
      .setProtectedHeader({ alg: 'HS256', kid: 'k', typ: 'JWT' })
      .setIssuer(`https://${url}`)
      .setSubject(`service-account-${index % 10}`)
      .setAudience('sts.amazonaws.com')
      .setIssuedAt()
      .setExpirationTime('20m')
      .sign(key),
  ),
)

function explainAll(): number {
  const decisions = tokens.map((text) => {
    const token = { ...readJwt(text), header: { alg: 'RS256', kid: 'k', typ: 'JWT' } }
    return evaluate({
      roleArn,
      providers: [{ arn, url, clientIds: ['sts.amazonaws.com'] }],
      role: { arn: roleArn, trustPolicy, maxSessionDuration: 3600 },
      token: { ...token, signature: { state: 'valid' }, length: text.length },
      request: { sessionName: 'billing', duration: 3600 },
      now,
      leeway: 300,
    }).decision
  })
  return decisions.filter((decision) => decision === 'accepted').length
}

function decodeAll(): number {
  return tokens.map((text) => decodeJwt(text)).length
}

function timeOf(run: () => number): number {
  const start = performance.now()
  run()
  return performance.now() - start
}

const accepted = explainAll()
const pairs = Array.from({ length: rounds }, () => [timeOf(decodeAll), timeOf(explainAll)] as const)
const ratios = pairs.map(([base, time]) => time / base).sort((one, other) => one - other)
const shown = (value: number | undefined) => (value ?? Number.NaN).toFixed(1)
console.log(`${count} tokens, ${accepted} accepted; explain against decodeJwt, median of ${rounds} pairs (range):`)
console.log(`${shown(ratios[Math.floor(rounds / 2)])} (${shown(ratios[0])}–${shown(ratios.at(-1))})`)
console.log(`last pair: ${shown(pairs.at(-1)?.[1])} ms against ${shown(pairs.at(-1)?.[0])} ms`)
