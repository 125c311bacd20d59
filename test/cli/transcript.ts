import type { Place, Ran } from './harness.ts'

/** What one run printed, with everything that differs from run to run replaced, for comparison with a kept text. */
export function transcript(line: string, ran: Ran, place: Place): string {
  const text = [`$ federate ${line}`, ran.stdout, ran.stderr, `(exit status ${ran.status})`]
  return normalised(
    text
      .map((part) => part.trimEnd())
      .filter((part) => part !== '')
      .join('\n'),
    place,
  )
}

/** Steps that run side by side end in any order. */
function sortedProgress(text: string): string {
  return text.replace(/(^(done|failed) {2,}.*\n)+/gm, (lines) => `${lines.trimEnd().split('\n').sort().join('\n')}\n`)
}

function normalised(text: string, place: Place): string {
  return sortedProgress(text)
    .replaceAll(place.folder, '/home/acme')
    .replaceAll(`:${place.issuerPort}`, ':8180')
    .replace(/127\.0\.0\.1:(?!8180)\d{4,5}/g, '127.0.0.1:9000')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '2026-01-01T00:00:00Z')
    .replace(/the future: \d+/, 'the future: 1767225600')
    .replace(/clock is \S+ (ahead|behind)/g, 'clock is 1h $1')
    .replace(/Fingerprint: [0-9a-f]{16}/g, 'Fingerprint: 0123456789abcdef')
    .replace(/sha256:[0-9a-f]{16}/g, 'sha256:0123456789abcdef')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '00000000-0000-0000-0000-000000000000')
}
