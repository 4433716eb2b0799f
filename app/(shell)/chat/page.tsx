import type { Metadata } from 'next';
import { requireUser } from '../../server.tsx';
import { NewChat } from './new-chat.tsx';

export const metadata: Metadata = { title: 'New chat' };

export default async function NewChatPage() {
  await requireUser('/chat');
  return <NewChat />;
}
