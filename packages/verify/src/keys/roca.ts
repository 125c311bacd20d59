const primes = [3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157].map(
  BigInt,
)
const generator = 65537n

/**
 * Whether an RSA modulus was made by the Infineon chips whose keys can be factored (ROCA, CVE-2017-15361): it is then a
 * power of 65537 modulo every one of these primes, which another one is with a chance of about 2⁻²⁷ (Nemec et al., "The
 * Return of Coppersmith's Attack", section 3.1).
 *
 * @param modulus base64url, as in a JWK's `n`
 */
export function isRocaModulus(modulus: string): boolean {
  const value = BigInt(`0x0${Buffer.from(modulus, 'base64url').toString('hex')}`)
  return primes.every((prime) => isPower(value % prime, prime))
}

function isPower(value: bigint, prime: bigint): boolean {
  let power = 1n
  do {
    if (power === value) return true
    power = (power * generator) % prime
  } while (power !== 1n)
  return false
}
