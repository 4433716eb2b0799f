import { createTheme, type MantineColorsTuple } from '@mantine/core';

const ink: MantineColorsTuple = [
  '#eef2fb',
  '#dbe2f2',
  '#b6c3e4',
  '#8ea2d7',
  '#6c86cb',
  '#5674c4',
  '#4465ba',
  '#39559f',
  '#30478a',
  '#263a73',
];

/**
 * The greys of the dark scheme, with the blue of `ink`. Mantine takes them for texts (0 to 2), borders (4), what is
 * hovered (5), fields, secondary buttons and menus (6) and dialogs (7). The tokens of app/globals.css are of this scale.
 */
const dark: MantineColorsTuple = [
  '#e3e6ed',
  '#c5c9d3',
  '#a5aab6',
  '#7f8594',
  '#383d49',
  '#2b2f39',
  '#22252d',
  '#1b1e24',
  '#15171c',
  '#0f1115',
];

/** The theme: a muted blue and the fonts of the user's system. */
export const theme = createTheme({
  colors: { ink, dark },
  primaryColor: 'ink',
  primaryShade: { light: 7, dark: 6 },
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily:
    'ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace',
  headings: { fontWeight: '650' },
  // A link in a text must not be recognizable by its color only.
  components: { Anchor: { defaultProps: { underline: 'always' } } },
});
