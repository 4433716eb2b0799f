import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { api, findChat, findUser, Hydrate, prefetchMessages, requireUser } from '../../../server.tsx';
import { chatTitle } from '../chat-title.ts';
import { Conversation } from './conversation.tsx';
import { renderAnswers } from './rendered-answers.tsx';

export async function generateMetadata({ params }: PageProps<'/chat/[id]'>): Promise<Metadata> {
  const { id } = await params;
  const chat = (await findUser()) && (await findChat(id));
  return { title: chat ? chatTitle(chat) : 'Chat not found' };
}

export default async function ChatPage({ params }: PageProps<'/chat/[id]'>) {
  const { id } = await params;
  await requireUser(`/chat/${encodeURIComponent(id)}`);
  if (!(await findChat(id))) notFound();
  const [messages] = await Promise.all([prefetchMessages(id), (await api()).chat.get.prefetch({ id })]);
  return (
    <Hydrate>
      <Conversation key={id} chatId={id} rendered={renderAnswers(messages)} />
    </Hydrate>
  );
}
