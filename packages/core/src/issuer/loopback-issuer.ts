const loopbackIssuer = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\]):\d{1,5}(?=\/|$)/

/** An http issuer on this machine, with a port: the one thing that the sandbox accepts and no cloud can. */
export function isLoopbackIssuer(url: string): boolean {
  return loopbackIssuer.test(url)
}
