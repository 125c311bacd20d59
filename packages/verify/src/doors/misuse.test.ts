import { thrownBy } from '@federate/core/test-kit'
import { describe, expect, it } from 'vitest'
import { requireScope } from '../requirements.ts'
import { requireToken as forExpress } from './express.ts'
import { requireToken as forFastify } from './fastify.ts'
import { requireToken as forFetch } from './fetch.ts'
import { requireToken as forHono } from './hono.ts'
import { requireToken as forNode } from './node.ts'

const options = { issuer: 'https://kc.example.com/realms/prod', audience: 'api://orders' }
class IncomingMessage {
  readonly rawHeaders: readonly string[] = []
  readonly url = '/'
}
class ServerResponse {
  writeHead() {
    return this
  }
}
const [request, response] = [new IncomingMessage(), new ServerResponse()]
const handler = () => undefined
const scope = requireScope('read')

describe('a guard that is used as if it were a check throws before anything is sent', () => {
  it.each<[string, unknown, readonly unknown[], string]>([
    ['node', forNode(options), [request, response], 'an object (IncomingMessage), an object (ServerResponse)'],
    ['node', forNode(options), [], 'nothing'],
    ['node', forNode(options), [scope], 'an object'],
    ['node', forNode(options), [handler, scope], 'a function, an object'],
    ['node', forNode(options)(handler), [{ req: {} }, handler], 'an object, a function'],
    ['fetch', forFetch(options), [new Request('http://localhost/')], 'an object (Request)'],
    ['fetch', forFetch(options), ['Bearer secret'], 'something else (not shown)'],
    ['fetch', forFetch(options), [handler, scope], 'a function, an object'],
    ['express', forExpress(options), [], 'nothing'],
    ['express', forExpress(options), [scope], 'an object, missing, missing'],
    ['express', forExpress(options), [request, response], '(IncomingMessage), an object (ServerResponse), missing'],
    ['fastify', forFastify(options), [], 'nothing'],
    ['fastify', forFastify(options), [request, response], 'an object (IncomingMessage), an object (ServerResponse)'],
    [
      'fastify',
      forFastify(options),
      [{ raw: request }, { code: handler }, 'the payload'],
      'something else (not shown)',
    ],
    ['fastify', forFastify(options), [{ raw: request }, { code: handler, sent: true }, handler], 'a function'],
    ['hono', forHono(options), [], 'nothing'],
    ['hono', forHono(options), [{ req: { raw: new Request('http://localhost/') } }], 'an object, missing'],
    ['hono', forHono(options), [request, response, handler], '(IncomingMessage), an object (ServerResponse)'],
  ])('%s, given %o', (_, guard, given, found) => {
    const error = thrownBy(guard, given)
    expect([error.code, error.outcome]).toEqual(['GUARD_MISUSED', 'usage'])
    expect(error.problem).toMatch(/^The guard was called with .*, expected .*; it has checked nothing\.$/)
    expect(error.problem).toContain(found)
    expect(error.next).toContain('`')
  })
})

describe.each<[string, unknown]>([
  ['node', forNode],
  ['fetch', forFetch],
  ['express', forExpress],
  ['fastify', forFastify],
  ['hono', forHono],
])('requireToken of the door %s', (_, requireToken) => {
  it.each<[string, readonly unknown[], string]>([
    ['no options', [], 'VERIFIER_OPTION'],
    ['empty options', [{}], 'VERIFIER_OPTION'],
    ['a request', [request, response, handler], 'VERIFIER_OPTION_UNKNOWN'],
    ['an unknown option', [{ ...options, onRefusal: handler }], 'VERIFIER_OPTION_UNKNOWN'],
    ['a realm that breaks the header', [{ ...options, realm: 'a\nb' }], 'VERIFIER_OPTION'],
    ['no function to tell', [{ ...options, onRefused: 'console.info' }], 'VERIFIER_OPTION'],
    ['a requirement that was not made', [options, requireScope], 'REQUIREMENT_INVALID'],
    ['a list of requirements', [options, [scope]], 'REQUIREMENT_INVALID'],
    ['a predicate of one’s own', [options, () => true], 'REQUIREMENT_INVALID'],
    ['the name of a scope', [options, 'read'], 'REQUIREMENT_INVALID'],
    ['undefined', [options, undefined], 'REQUIREMENT_INVALID'],
  ])('refuses %s', (__, given, code) => {
    expect(thrownBy(requireToken, given).code).toBe(code)
  })

  it('refuses further requirements that are none', () => {
    const guard: unknown = Reflect.apply(Object(requireToken), undefined, [options])
    expect(thrownBy(Reflect.get(Object(guard), 'and'), [[scope]])).toMatchObject({
      code: 'REQUIREMENT_INVALID',
      problem: expect.stringMatching(/^Requirement 1 is a list, expected what requireScope\(…\),/),
      next: 'Give requirements one by one, or spread the list.',
    })
  })
})
