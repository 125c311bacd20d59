import { failed, passed } from '@federate/core/rules'
import { applicationNotFound, noCredentials } from './refusals.ts'
import type { Rule } from './rule.ts'

const clientRule: Rule = {
  name: 'client',
  needs: [],
  check({ client, clientId, tenantId }) {
    if (client !== undefined) return [passed('The tenant has the client.', { actual: clientId })]
    return [
      failed(applicationNotFound(clientId, tenantId), 'The tenant has no application or managed identity of this id.', {
        expected: `a client of the tenant ${tenantId}`,
        actual: clientId,
        next: 'Check the client id and the tenant id; an application needs a service principal in the tenant too.',
      }),
    ]
  },
}

const credentialsRule: Rule = {
  name: 'credentials',
  needs: ['client'],
  check({ client, clientId }) {
    const count = client?.federatedCredentials.length ?? 0
    if (count > 0) return [passed(`The client has ${count} federated credential(s).`)]
    return [
      failed(noCredentials(clientId), 'The client has no federated credential at all.', {
        expected: 'at least one federated credential',
        actual: '0',
        next: 'Run federate setup azure to create it.',
      }),
    ]
  },
}

/** Whether there is somebody to become. */
export const clientRules: readonly Rule[] = [clientRule, credentialsRule]
