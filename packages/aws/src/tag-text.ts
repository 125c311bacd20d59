/** What IAM allows in keys and values of tags (IAM API reference, Tag). */
export const tagText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u

/** The longest value of a tag. */
export const maximumTagLength = 256
