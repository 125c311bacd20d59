/** How credentials can be given out; the first is the default. */
export const formatNames = ['json', 'token', 'env', 'federated-token-file'] as const
