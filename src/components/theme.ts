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

/** The theme: a muted blue and the fonts of the user's system. */
export const theme = createTheme({
  colors: { ink },
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
