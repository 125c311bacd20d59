/** The least that answers as the agent does: `node:http` and the same bytes. Prints its port as JSON. */
const { createServer } = require('node:http')

const body = Buffer.from(process.argv[2])
const server = createServer((_request, response) => {
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': body.length,
    'cache-control': 'no-store',
  })
  response.end(body)
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`))
