'use client';

import { Tabs } from '@mantine/core';
import { CodeBlock } from '#src/components/code-block.tsx';
import { PRODUCT } from '#contract/product';
import { useTranslations } from '#texts';

const { name, slug, identifier, keyPrefix } = PRODUCT;

interface Caller {
  /** The name of the caller; `server` is translated. */
  who: string;
  language: string;
  code: string;
}

/** How each caller reaches the procedure of the landing page. */
const CALLERS: readonly Caller[] = [
  {
    who: 'React',
    language: 'tsx',
    code: `'use client';

export function ChatTitle({ id }: { id: string }) {
  const chat = trpc.chat.get.useQuery({ id });
  return <h1>{chat.data?.title}</h1>;
}`,
  },
  {
    who: 'server',
    language: 'tsx',
    code: `// In process, as the user who requested the page
export default async function Page({ params }: PageProps<'/chat/[id]'>) {
  const { id } = await params;
  const chat = await (await api()).chat.get({ id });
  return <h1>{chat.title}</h1>;
}`,
  },
  {
    who: 'REST',
    language: 'sh',
    code: `curl http://localhost:3000/api/v1/chats/$ID \\
  -H 'Authorization: Bearer ${keyPrefix}…'`,
  },
  {
    who: 'SDK',
    language: 'ts',
    code: `import { ${identifier} } from '@${slug}/sdk';

const sb = new ${identifier}({ baseUrl: 'http://localhost:3000', apiKey: '${keyPrefix}…' });
const chat = await sb.chats.get(id);`,
  },
  {
    who: 'MCP',
    language: 'json',
    code: `{
  "mcpServers": {
    "${slug}": {
      "url": "http://localhost:3000/api/mcp",
      "headers": { "Authorization": "Bearer ${keyPrefix}…" }
    }
  }
}`,
  },
  {
    who: 'useChat',
    language: 'tsx',
    code: `import { useChat } from '@ai-sdk/react';

// Follows the answer in progress, also after a reload
const { messages, sendMessage } = useChat({ id, resume: true });`,
  },
];

/** The code of each caller, in tabs. */
export function CallerTabs() {
  const t = useTranslations('landing');
  return (
    <Tabs defaultValue="React">
      <Tabs.List aria-label={t('callers', { product: name })} mb="sm">
        {CALLERS.map(({ who }) => (
          <Tabs.Tab key={who} value={who}>
            {who === 'server' ? t('server') : <span translate="no">{who}</span>}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {CALLERS.map(({ who, language, code }) => (
        <Tabs.Panel key={who} value={who}>
          <CodeBlock isComplete language={language} code={code} />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
