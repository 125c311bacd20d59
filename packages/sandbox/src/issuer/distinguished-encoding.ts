/** One element in the Distinguished Encoding Rules (ITU-T X.690 section 10): tag, length, content. */
export function element(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content)
  return Buffer.concat([Buffer.from([tag]), lengthOctets(body.length), body])
}

export function sequence(...content: readonly Uint8Array[]): Buffer {
  return element(0x30, ...content)
}

/** A non-negative INTEGER, as short as can be; a leading zero keeps it from being read as negative. */
export function integer(value: Uint8Array): Buffer {
  const first = value.findIndex((octet) => octet !== 0)
  const octets = value.subarray(first === -1 ? value.length - 1 : first)
  const negative = ((octets[0] ?? 0) & 0x80) !== 0
  return element(0x02, negative ? Buffer.from([0]) : Buffer.alloc(0), octets)
}

/** UTCTime, which serves the years 1950 to 2049 (RFC 5280 section 4.1.2.5.1). */
export function utcTime(time: Date): Buffer {
  const digits = time.toISOString().replace(/[-:T]/g, '').slice(2, 14)
  return element(0x17, Buffer.from(`${digits}Z`, 'ascii'))
}

export function utf8String(text: string): Buffer {
  return element(0x0c, Buffer.from(text, 'utf8'))
}

/** A BIT STRING without unused bits. */
export function bitString(content: Uint8Array): Buffer {
  return element(0x03, Buffer.from([0]), content)
}

function lengthOctets(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length])
  const octets: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256)
  return Buffer.from([0x80 | octets.length, ...octets])
}
