/** Shared chats. */
export const share = {
  untitled: 'Untitled chat',
  description: 'A chat that was shared from {product}.',
  about: 'About {product}',
  facts: 'A copy of a chat, shared on <shared></shared>. Anyone with the link can read it.',
  toBeginning: 'Back to the beginning',
  next: 'Next messages',
  incomplete: 'This answer is incomplete.',
  hiddenFiles:
    '{count, plural, one {# attached file is not shared.} other {# attached files are not shared.}}',
  notFound: {
    pageTitle: 'Shared chat not found',
    title: 'This chat is not shared',
    text: 'The link is wrong, or its owner has stopped sharing the chat.',
  },
} as const;
