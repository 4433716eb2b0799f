/** The landing page. */
export const landing = {
  signIn: 'Sign in',
  signUp: 'Sign up',
  startChatting: 'Start chatting',
  openChats: 'Open your chats',
  title: 'One procedure, every caller.',
  introduction:
    '{product} is a typed API layer for Next.js. Write a procedure once and call it from React, REST, an SDK, AI agents and AI chat. This is an example: a chat whose answers survive closed tabs and lost connections.',
  example: 'Example',
  callers: 'Callers of {product}',
  server: 'Server',
  onceTitle: 'Written once',
  onceText:
    'A typed procedure is a React hook, a REST endpoint and an OpenAPI entry: one set of permissions, checks and errors.',
  survivesTitle: 'Answers that survive',
  survivesText:
    'The server writes chat answers in the background. Close the tab, reload or change devices: the answer continues.',
  commandTitle: 'One command',
  commandText:
    'It includes the database, the secrets and an offline guide. Add an API key to use a language model.',
  picture: 'A chat in which the offline guide has answered a question',
  forDevelopers:
    'For developers: <reference>API reference</reference> · <document>OpenAPI document</document>',
} as const;
