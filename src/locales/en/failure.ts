/** The page that replaces a layout which has failed. It has no provider, so it loads all languages. */
export const failure = {
  title: 'Something went wrong',
  text: 'The page could not be shown.',
  retry: 'Try again',
} as const;
