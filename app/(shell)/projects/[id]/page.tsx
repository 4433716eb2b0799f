import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { api, findProject, findUser, Hydrate, requireUser } from '../../../server.tsx';
import { projectPageChats } from '../../chat/list-input.ts';
import { NewChat } from '../../chat/new-chat.tsx';

export async function generateMetadata({ params }: PageProps<'/projects/[id]'>): Promise<Metadata> {
  const { id } = await params;
  const project = (await findUser()) && (await findProject(id));
  return { title: project ? project.name : 'Project not found' };
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
