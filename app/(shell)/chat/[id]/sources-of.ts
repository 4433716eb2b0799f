import type { ChatMessage } from '#src/client/messages.ts';
import type { Source } from '#src/components/sources.tsx';

/** Returns the sources of an answer, each once. Addresses that are not http or https are left out. */
export function sourcesOf({ parts }: ChatMessage): Source[] {
  const sources = parts.flatMap((part): Source[] => {
    if (part.type === 'source-document') return [{ title: part.title, page: null }];
    if (part.type !== 'source-url' || !URL.canParse(part.url)) return [];
    const { href, protocol, host } = new URL(part.url);
    if (protocol !== 'https:' && protocol !== 'http:') return [];
    return [{ title: part.title ?? host, page: { url: href, host } }];
  });
  return [...new Map(sources.map((source) => [source.page?.url ?? source.title, source])).values()];
}
