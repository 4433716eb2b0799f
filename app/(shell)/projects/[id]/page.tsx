import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { getTranslations } from '#src/locales/server.tsx';
import { api, Hydrate } from '../../../server.tsx';
import { findProject, findUser, requireUser } from '../../../session.ts';
import { projectPageChats } from '../../chat/list-input.ts';
import { NewChat } from '../../chat/new-chat.tsx';

export async function generateMetadata({ params }: PageProps<'/projects/[id]'>): Promise<Metadata> {
  const { id } = await params;
  const project = (await findUser()) && (await findProject(id));
  return { title: project ? project.name : (await getTranslations('shell'))('projectNotFound') };
}

/** A new chat in a project, and the chats of the project. */
export default async function ProjectPage({ params }: PageProps<'/projects/[id]'>) {
  const { id } = await params;
  await requireUser(`/projects/${encodeURIComponent(id)}`);
  if (!(await findProject(id))) notFound();
  const procedures = await api();
  await Promise.all([
    procedures.chat.projects.get.prefetch({ id }),
    procedures.chat.list.prefetchInfinite(projectPageChats(id)),
  ]);
  return (
    <Hydrate>
      <NewChat key={id} projectId={id} />
    </Hydrate>
  );
}
