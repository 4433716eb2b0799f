/** Signing in and up, and connecting programs. */
export const auth = {
  signIn: {
    pageTitle: 'Sign in',
    title: 'Sign in',
    submit: 'Sign in',
    question: 'No account yet?',
    other: 'Sign up',
    hasEnded:
      'Your session has ended. Sign in to continue where you were. Text that you have not sent is kept in this browser.',
  },
  signUp: {
    pageTitle: 'Sign up',
    title: 'Create your account',
    submit: 'Sign up',
    question: 'Have an account?',
    other: 'Sign in',
  },
  form: {
    keepsChats: 'You keep your guest chats.',
    name: 'Name',
    email: 'Email',
    password: 'Password',
    passwordHint: 'At least {count, plural, one {# character} other {# characters}}',
    nameMissing: 'Enter your name',
    emailInvalid: 'Enter an email address',
    passwordMissing: 'Enter your password',
    passwordShort: 'Use at least {count, plural, one {# character} other {# characters}}',
    or: 'or',
    asGuest: 'Continue as guest',
  },
  connect: {
    pageTitle: 'Connect a program',
    title: 'Connect {name}?',
    actsAs: 'It will act as {account} over MCP, until you disconnect it in the settings.',
    unverified: 'The name is not verified',
    unverifiedText: 'Continue only if you have just started this in a program that you trust.',
    verified: 'It has proven that it belongs to <strong>{host}</strong>.',
    sentTo: 'Access is sent to <strong>{target}</strong>.',
    sentToThisComputer:
      'Access is sent to <strong>{target}</strong>. This is your computer. Any program that runs on it could receive the access.',
    sentToApplication:
      'Access is sent to the application that opens links with <strong>{target}</strong> on your computer.',
    sentToAnyApplication:
      'Access is sent to the application that opens links with <strong>{target}</strong> on your computer. Any program that runs on it could receive the access.',
    mayDo: 'It may',
    asAdmin: 'You are an admin, so this includes the data of all accounts.',
    submit: 'Connect',
    rejectedTitle: 'This program cannot be connected',
    rejectedText: 'Its request is not valid, or it is too old. Start again in the program.',
  },
} as const;
