/** A length of time in seconds. */
export type Seconds = number
