import { MantineProvider } from '@mantine/core';
import type { ReactNode } from 'react';
import { renderToReadableStream } from 'react-dom/server';

/** Returns the HTML that the server renders for components, without the style elements of Mantine. */
export async function htmlOf(children: ReactNode): Promise<string> {
  const stream = await renderToReadableStream(<MantineProvider>{children}</MantineProvider>);
  await stream.allReady;
  const html = await new Response(stream).text();
  return html.replace(/<style[^>]*>.*?<\/style>/gs, '').replaceAll('<!-- -->', '');
}
