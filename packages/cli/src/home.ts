type Environment = Readonly<Record<string, string | undefined>>

/**
 * The environment, with the home that the system knows of this user where `HOME` is not set, as in many units of systemd: the
 * clouds' tools look for their files there then, so ours are there too.
 */
export function withHome(environment: Environment): Environment {
  if (environment['HOME'] || process.platform === 'win32') return environment
  try {
    return { ...environment, HOME: process.getBuiltinModule('node:os').userInfo().homedir }
  } catch {
    // A number that is nobody's, as containers have them.
    return environment
  }
}
