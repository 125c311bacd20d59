/** How a customer gets a token, ready to be pasted: one text per language. */
export interface Programs {
  readonly shell: string
  readonly python: string
  readonly node: string
}

/** Where a customer gets tokens, and for what. */
export interface TokenPlace {
  readonly clientId: string
  readonly issuer: string
  readonly tokenEndpoint: string
  readonly scope: string
}

/** The secret itself, or the file that it was written to. */
export type SecretPlace = { readonly value: string } | { readonly file: string }

// A text of JSON is a text of Python and of JavaScript, too.
const quoted = JSON.stringify

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** Programs that prove themselves by a secret in a Basic header (RFC 6749 section 2.3.1), with nothing to install. */
export function secretPrograms(place: TokenPlace, secret: SecretPlace): Programs {
  const { clientId, tokenEndpoint, scope } = place
  const user =
    'file' in secret ? `"${clientId}:$(cat ${shellQuoted(secret.file)})"` : shellQuoted(`${clientId}:${secret.value}`)
  const inPython = 'file' in secret ? `open(${quoted(secret.file)}).read().strip()` : quoted(secret.value)
  const inNode = 'file' in secret ? `readFileSync(${quoted(secret.file)}, 'utf8').trim()` : quoted(secret.value)
  return {
    shell: `curl --silent --show-error --user ${user} \\
  --data grant_type=client_credentials --data-urlencode ${shellQuoted(`scope=${scope}`)} \\
  ${shellQuoted(tokenEndpoint)}
`,
    python: `import base64, json, urllib.parse, urllib.request

client_id, client_secret = ${quoted(clientId)}, ${inPython}
basic = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
form = {"grant_type": "client_credentials", "scope": ${quoted(scope)}}
request = urllib.request.Request(
    ${quoted(tokenEndpoint)},
    data=urllib.parse.urlencode(form).encode(),
    headers={"Authorization": f"Basic {basic}"},
)
print(json.load(urllib.request.urlopen(request))["access_token"])
`,
    node: `${'file' in secret ? "import { readFileSync } from 'node:fs'\n\n" : ''}const [clientId, clientSecret] = [${quoted(clientId)}, ${inNode}]
const answer = await fetch(${quoted(tokenEndpoint)}, {
  method: 'POST',
  headers: { authorization: \`Basic \${Buffer.from(\`\${clientId}:\${clientSecret}\`).toString('base64')}\` },
  body: new URLSearchParams({ grant_type: 'client_credentials', scope: ${quoted(scope)} }),
})
console.log((await answer.json()).access_token)
`,
  }
}

/** The key that a customer signs with, as far as its public half says. */
export interface SigningKey {
  readonly algorithm: string
  readonly keyId: string | undefined
}

/** Programs that prove themselves by a signed assertion (RFC 7523); the key is in a file `key.pem` of the customer. */
export function assertionPrograms(place: TokenPlace, { algorithm, keyId }: SigningKey): Programs {
  const { clientId, issuer, tokenEndpoint, scope } = place
  const kid = keyId === undefined ? undefined : quoted(keyId)
  const form = {
    grant_type: 'client_credentials',
    scope,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  }
  const digest = algorithm === 'EdDSA' ? 'null' : `'sha${algorithm.slice(-3)}'`
  return {
    shell: `# curl cannot sign an assertion; the command federate can, and has to be installed
federate token --issuer ${shellQuoted(issuer)} --client-id ${clientId} --key-file key.pem \\
  --algorithm ${algorithm} ${keyId === undefined ? '' : `--key-id ${shellQuoted(keyId)} `}--for ${shellQuoted(scope)} --raw
`,
    python: `import json, time, urllib.parse, urllib.request, uuid
import jwt  # pip install "pyjwt[crypto]"

now, client_id = int(time.time()), ${quoted(clientId)}
claims = {"iss": client_id, "sub": client_id, "aud": ${quoted(issuer)}, "jti": str(uuid.uuid4()), "iat": now, "exp": now + 30}
assertion = jwt.encode(claims, open("key.pem").read(), algorithm=${quoted(algorithm)}${kid === undefined ? '' : `, headers={"kid": ${kid}}`})
form = ${JSON.stringify(form).replaceAll('":"', '": "').replaceAll(',"', ', "')}
data = urllib.parse.urlencode({**form, "client_id": client_id, "client_assertion": assertion}).encode()
print(json.load(urllib.request.urlopen(${quoted(tokenEndpoint)}, data))["access_token"])
`,
    node: `import { ${algorithm.startsWith('PS') ? 'constants, ' : ''}createPrivateKey, randomUUID, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'

const [now, clientId] = [Math.floor(Date.now() / 1000), ${quoted(clientId)}]
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
const claims = { iss: clientId, sub: clientId, aud: ${quoted(issuer)}, jti: randomUUID(), iat: now, exp: now + 30 }
const input = \`\${part({ alg: ${quoted(algorithm)}${kid === undefined ? '' : `, kid: ${kid}`} })}.\${part(claims)}\`
const key = { key: createPrivateKey(readFileSync('key.pem')), dsaEncoding: 'ieee-p1363'${algorithm.startsWith('PS') ? ', padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST' : ''} }
const assertion = \`\${input}.\${sign(${digest}, Buffer.from(input), key).toString('base64url')}\`
const form = ${JSON.stringify(form)}
const answer = await fetch(${quoted(tokenEndpoint)}, {
  method: 'POST',
  body: new URLSearchParams({ ...form, client_id: clientId, client_assertion: assertion }),
})
console.log((await answer.json()).access_token)
`,
  }
}
