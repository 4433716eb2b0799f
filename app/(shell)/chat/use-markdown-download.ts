import { errorMessage } from '#src/client/errors.ts';
import { type Outputs, trpc } from '#src/client/trpc.ts';
import { useToast } from '#src/components/toasts.tsx';
import { chatTitle } from './chat-title.ts';
import type { Chat } from './use-chat-changes.ts';

type Part = Outputs['chat']['exportMarkdown'];

const MAX_NAME = 60;

/** Returns a name for a file with a chat, without its extension. */
export function fileName(chat: Chat | undefined): string {
  const words = chatTitle(chat).match(/[\p{L}\p{N}]+/gu) ?? ['chat'];
  return words.join('-').slice(0, MAX_NAME).toWellFormed();
}

function saveFile(name: string, type: string, parts: string[]): void {
  const url = URL.createObjectURL(new Blob(parts, { type }));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}

/** Returns a function that downloads a chat as Markdown. */
export function useMarkdownDownload(): (chat: Chat) => Promise<void> {
  const { client } = trpc.useUtils();
  const toast = useToast();

  return async function download(chat) {
    const parts: string[] = [];
    try {
      let cursor: string | null = null;
      do {
        const input = { chatId: chat.id, limit: 100, ...(cursor !== null && { cursor }) };
        const part: Part = await client.chat.exportMarkdown.query(input);
        parts.push(part.markdown);
        cursor = part.nextCursor;
      } while (cursor !== null);
    } catch (error) {
      toast({
        text: `Could not download “${chatTitle(chat)}”. ${errorMessage(error)}`,
        isError: true,
        action: { label: 'Try again', run: () => void download(chat) },
      });
      return;
    }
    saveFile(`${fileName(chat)}.md`, 'text/markdown', parts);
  };
}
