/** How credentials can be printed; the first is the default. */
export const formatNames = ['json', 'token', 'env'] as const
