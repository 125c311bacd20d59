/** How credentials can be printed; the first is the default. */
export const formatNames = ['credential-process', 'env', 'env-fish', 'env-powershell', 'env-cmd', 'json'] as const
