import { MantineProvider } from '@mantine/core';
import type { ReactNode } from 'react';
import { renderToReadableStream } from 'react-dom/server';
import { messagesIn } from '#src/locales/messages.ts';
import { LanguageProvider } from '#src/locales/provider.tsx';

/** Returns the HTML that the server renders for components, without the style elements of Mantine. */
export async function htmlOf(children: ReactNode): Promise<string> {
  const stream = await renderToReadableStream(
    <LanguageProvider locale="en" messages={await messagesIn('en', ['common', 'chat'])}>
      <MantineProvider>{children}</MantineProvider>
    </LanguageProvider>,
  );
  await stream.allReady;
  const html = await new Response(stream).text();
  return html.replace(/<style[^>]*>.*?<\/style>/gs, '').replaceAll('<!-- -->', '');
}
