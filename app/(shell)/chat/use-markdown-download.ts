import { useTranslations } from '#texts';
import { type Outputs, trpc } from '#src/client/trpc.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { useToast } from '#src/components/toasts.tsx';
import { useChatTitle } from './chat-title.ts';
import type { Chat } from './chat-pages.ts';

type Part = Outputs['chat']['exportMarkdown'];

const MAX_NAME = 60;

/** Returns a name for a file with a chat, without its extension. @param title the title of the chat. */
export function fileName(title: string): string {
  const words = title.match(/[\p{L}\p{N}]+/gu) ?? ['chat'];
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
  const t = useTranslations('shell.changes');
  const tCommon = useTranslations('common');
  const { messageOf } = useErrorMessages();
  const chatTitle = useChatTitle();
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
        text: t('notDownloaded', { title: chatTitle(chat), reason: messageOf(error) }),
        isError: true,
        action: { label: tCommon('tryAgain'), run: () => void download(chat) },
      });
      return;
    }
    saveFile(`${fileName(chatTitle(chat))}.md`, 'text/markdown', parts);
  };
}
