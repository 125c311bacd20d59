import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { listenPlaces } from './listen-places.ts'

const warn = () => undefined
const places = (flags: Parameters<typeof listenPlaces>[0]) => listenPlaces(flags, '/etc/federate', warn)
const tls = { tlsCert: 'tls.pem', tlsKey: '/etc/tls.key' }

describe('where the agent listens', () => {
  it('is loopback, by http, unless told otherwise', () => {
    expect(places({})).toEqual([{ host: '127.0.0.1', port: 9912 }])
    expect(places({ listen: ['[::1]:0', 'localhost:80'] })).toEqual([
      { host: '::1', port: 0 },
      { host: 'localhost', port: 80 },
    ])
  })

  it('is an address of the network by TLS, by that address and the names that are given', () => {
    const files = { certificate: '/etc/federate/tls.pem', key: '/etc/tls.key', clientAuthority: undefined }
    const host = ['agent.example']
    expect(places({ listen: ['127.0.0.1:9912', '10.0.0.1:443'], ...tls, host })).toEqual([
      { host: '127.0.0.1', port: 9912 },
      { host: '10.0.0.1', port: 443, names: ['agent.example', '10.0.0.1'], tls: { files, names: host, warn } },
    ])
    expect(places({ listen: ['[::]:443'], ...tls, tlsClientCa: 'ca.pem', host })).toEqual([
      {
        host: '::',
        port: 443,
        names: ['agent.example'],
        tls: { files: { ...files, clientAuthority: '/etc/federate/ca.pem' }, names: host, warn },
      },
    ])
    // Nobody said otherwise, so callers know it by its address.
    expect(places({ listen: ['10.0.0.1:443'], ...tls })).toMatchObject([{ tls: { names: ['10.0.0.1'] } }])
  })

  it.each([
    [{ listen: ['agent.example:443'] }, 'LISTEN_INVALID', '--listen agent.example:443 is no address with a port.'],
    [{ listen: ['127.0.0.1:70000'] }, 'LISTEN_INVALID', '--listen 127.0.0.1:70000 is no address with a port.'],
    [{ listen: ['127.0.0.1'] }, 'LISTEN_INVALID', '--listen 127.0.0.1 is no address with a port.'],
    [
      { listen: ['0.0.0.0:1'] },
      'LISTEN_WITHOUT_TLS',
      '--listen 0.0.0.0:1 can be reached from other hosts, and without TLS everybody between could read what is lent.',
    ],
    [
      { listen: ['0.0.0.0:1'], ...tls },
      'LISTEN_WITHOUT_HOST',
      '--listen 0.0.0.0:1 stands for every address of this host, and does not say by which name others call it.',
    ],
    [
      { listen: ['[::]:1'] },
      'LISTEN_WITHOUT_TLS',
      '--listen [::]:1 can be reached from other hosts, and without TLS everybody between could read what is lent.',
    ],
    [
      { listen: ['[::]:1'], ...tls },
      'LISTEN_WITHOUT_HOST',
      '--listen [::]:1 stands for every address of this host, and does not say by which name others call it.',
    ],
    [
      { listen: ['10.0.0.1:1'], tlsCert: 'x' },
      'TLS_FLAGS',
      'TLS wants a certificate and its key, and --tls-key is missing.',
    ],
    [
      { listen: ['10.0.0.1:1'], tlsClientCa: 'x' },
      'TLS_FLAGS',
      'TLS wants a certificate and its key, and --tls-cert is missing.',
    ],
    [tls, 'TLS_FLAGS', 'TLS and --host are for addresses that other hosts reach, and 127.0.0.1:9912 is loopback.'],
    [
      { host: ['agent.example'] },
      'TLS_FLAGS',
      'TLS and --host are for addresses that other hosts reach, and 127.0.0.1:9912 is loopback.',
    ],
    [{ host: ['http://x'] }, 'HOST_INVALID', '--host http://x is no host name and no address.'],
  ])('is refused: %j', (flags, code, problem) => {
    expect(() => places(flags)).toThrow(expect.objectContaining({ code, outcome: 'usage', problem }))
  })
})

describe('a host by which others call', () => {
  it.each(['agent', 'agent.example.com', 'AGENT_1.example', '10.0.0.1', 'fd00::1', 'xn--bcher-kva.example'])(
    'is a name or an address: %s',
    (name) => {
      expect(places({ listen: ['0.0.0.0:443'], ...tls, host: [name] })).toMatchObject([{ names: [name] }])
    },
  )

  it.each(['', 'agent.example:443', '[fd00::1]', 'a b', '-a.example', 'a..example', 'a/b', '*.example', 'x\u001b[2J'])(
    'is nothing else: %j',
    (name) => {
      expect(() => places({ host: [name] })).toThrow(expect.objectContaining({ code: 'HOST_INVALID' }))
    },
  )

  it('is fit for a URL, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.domain(), fc.ipV4(), fc.ipV6(), fc.webAuthority()), (name) => {
        try {
          places({ listen: ['0.0.0.0:443'], ...tls, host: [name] })
        } catch (error) {
          expect(error).toMatchObject({ code: 'HOST_INVALID' })
          return
        }
        expect(URL.canParse(`https://${name.includes(':') ? `[${name}]` : name}:443`)).toBe(true)
      }),
    )
  })
})
