import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { getTranslations } from '#src/locales/server.tsx';
import { api, Hydrate, prefetchMessages } from '../../../server.tsx';
import { findChat, findUser, requireUser } from '../../../session.ts';
import { Conversation } from './conversation.tsx';
import { renderAnswers } from './rendered-answers.tsx';

export async function generateMetadata({ params }: PageProps<'/chat/[id]'>): Promise<Metadata> {
  const { id } = await params;
  const chat = (await findUser()) && (await findChat(id));
  if (!chat) return { title: (await getTranslations('chat.conversation'))('notFound') };
  return { title: chat.title === '' ? (await getTranslations('shell'))('newChat') : chat.title };
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
