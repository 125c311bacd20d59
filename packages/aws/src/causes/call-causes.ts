import { accountOf, type Cause, type RefusedExchange } from './cause.ts'

export function sessionTooLarge(): Cause {
  return { because: "The token's session tags are too large together.", next: 'Put fewer tags into the token.' }
}

export function regionDisabled({ runtime }: RefusedExchange): Cause {
  return {
    because: `STS is not active in the region ${runtime.region ?? 'that was asked'} for account ${accountOf(runtime)}.`,
    next: 'Activate it in the account settings of IAM, or set another region for the target.',
  }
}

export function tooLong({ runtime }: RefusedExchange): Cause {
  const actual = `${runtime.durationSeconds} seconds`
  return {
    because: `The service asks for ${actual}, more than the role's maximum session duration.`,
    next: "Raise the target's maxSessionDuration in federate.yaml and run `federate setup aws`, or ask for less.",
    actual,
  }
}

export function sessionPolicyRefused(): Cause {
  return {
    because: 'STS cannot read the session policy of the call.',
    next: "Correct the target's sessionPolicy: a policy of statements with Effect, Action and Resource, without Principal.",
  }
}

export function sessionNameRefused({ runtime }: RefusedExchange): Cause {
  return {
    because: 'The session name is not one that STS takes.',
    next: "Change the target's sessionName: 2 to 64 letters, digits and + = , . @ - _.",
    expected: '2 to 64 letters, digits and + = , . @ - _',
    actual: runtime.sessionName ?? '(made from the token)',
  }
}
