import { MantineProvider } from '@mantine/core';
import type { ReactNode } from 'react';
import { renderToReadableStream } from 'react-dom/server';

/** The HTML of components as the server renders them, without the styles that Mantine puts before it. */
export async function htmlOf(children: ReactNode): Promise<string> {
  const stream = await renderToReadableStream(<MantineProvider>{children}</MantineProvider>);
  await stream.allReady;
  const whole = await new Response(stream).text();
  return whole.replace(/<style[^>]*>.*?<\/style>/gs, '').replaceAll('<!-- -->', '');
}
