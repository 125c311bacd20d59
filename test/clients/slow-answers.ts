/** What the AWS SDK for JavaScript says where an endpoint on this host took more than a second to answer. */
const slow =
  /^@smithy\/node-http-handler - \[WARN\] a request has exceeded the configured \d+ ms requestTimeout\..*\n/gm

/** What a program has said on stderr, but for answers that were slow, as they are on a busy machine. */
export function butForSlowAnswers(stderr: string): string {
  return stderr.replace(slow, '')
}
