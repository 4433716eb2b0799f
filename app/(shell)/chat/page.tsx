import type { Metadata } from 'next';
import { getTranslations } from '#src/locales/server.tsx';
import { requireUser } from '../../session.ts';
import { NewChat } from './new-chat.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('chat.newChat'))('pageTitle') };
}

export default async function NewChatPage() {
  await requireUser('/chat');
  return <NewChat />;
}
