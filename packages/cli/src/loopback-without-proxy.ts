type Environment = Readonly<Record<string, string | undefined>>

const loopback = ['localhost', '127.0.0.1', '::1']
const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY']

/** Where there is a proxy: variables that keep what a command asks of this machine from it. Some SDKs would send even that. */
export function loopbackWithoutProxy(env: Environment): Readonly<Record<string, string>> {
  if (!proxies.some((name) => env[name] || env[name.toLowerCase()])) return {}
  const present = (env['no_proxy'] ?? env['NO_PROXY'] ?? '').split(',').map((entry) => entry.trim())
  const all = [...new Set([...present.filter((entry) => entry !== ''), ...loopback])].join(',')
  return { no_proxy: all, NO_PROXY: all }
}
