/** Where the answers of the cases come from; each case says which. */
export const sources = {
  /** REST reference of Google's IAM, projects.locations.workloadIdentityPools.providers. */
  rest: 'cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools.providers',
  /** REST reference of the Security Token Service, subjectToken. */
  sts: 'cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token, subjectToken',
  pipelines: 'docs.cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines',
  troubleshoot: 'docs.cloud.google.com/iam/docs/troubleshooting-workload-identity-federation',
  extract: 'cloud.google.com/iam/docs/conditions-attribute-reference#extract',
  principals: 'cloud.google.com/iam/docs/principal-identifiers',
  authTroubleshooting: 'google-github-actions/auth, docs/TROUBLESHOOTING.md',
  /** "WIF with a self-held OIDC key", measured against Google itself: the only public record of most refusals. */
  measured: 'WIF with a self-held OIDC key: real-GCP measurements (project frisket, 2026-09-28)',
  celSpec: 'google/cel-spec, doc/langdef.md',
} as const
