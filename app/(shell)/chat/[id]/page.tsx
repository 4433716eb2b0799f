import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { api, findChat, findUser, Hydrate, requireUser } from '../../../server.tsx';
import { chatTitle } from '../chat-title.ts';
import { messagesInput } from '../list-input.ts';
import { Conversation } from './conversation.tsx';

export async function generateMetadata({ params }: PageProps<'/chat/[id]'>): Promise<Metadata> {
  const { id } = await params;
  const chat = (await findUser()) && (await findChat(id));
  return { title: chat ? chatTitle(chat) : 'Chat not found' };
}

export default async function ChatPage({ params }: PageProps<'/chat/[id]'>) {
  const { id } = await params;
  await requireUser(`/chat/${encodeURIComponent(id)}`);
  if (!(await findChat(id))) notFound();
  const procedures = await api();
  await Promise.all([
    procedures.chat.get.prefetch({ id }),
    procedures.chat.messages.prefetchInfinite(messagesInput(id)),
  ]);
  return (
    <Hydrate>
      <Conversation key={id} chatId={id} />
    </Hydrate>
  );
}
