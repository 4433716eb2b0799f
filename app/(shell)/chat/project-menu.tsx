'use client';

import { Menu } from '@mantine/core';
import Link from 'next/link';
import { useTranslations } from '#texts';
import { PencilIcon, PlusIcon, TrashIcon } from '#src/components/icons.tsx';
import { ListMenu } from '#src/components/list-menu.tsx';
import { useInDrawer } from './drawer.ts';
import { useProjectDialog } from './project-actions.tsx';
import type { Project } from './use-projects.ts';

export interface ProjectMenuProps {
  /** The project whose menu is open, or was open last. */
  project: Project;
  /** The button that opened the menu. */
  button: HTMLElement;
  isOpen: boolean;
  onClose: () => void;
  /** Called when a link is followed. */
  onNavigate: () => void;
}

/** The menu of a project. */
export function ProjectMenu({ project, button, isOpen, onClose, onNavigate }: ProjectMenuProps) {
  const t = useTranslations('shell');
  const show = useProjectDialog();
  const inDrawer = useInDrawer();
  return (
    <ListMenu
      button={button}
      isOpen={isOpen}
      onClose={onClose}
      label={t('list.actions', { title: project.name })}
      position="bottom-end"
      width={220}
    >
      <Menu.Item
        component={Link}
        href={`/projects/${project.id}`}
        replace={inDrawer}
        leftSection={<PlusIcon size={16} />}
        onClick={onNavigate}
      >
        {t('newChat')}
      </Menu.Item>
      <Menu.Item
        leftSection={<PencilIcon size={16} />}
        onClick={() => show({ kind: 'edit', project }, button)}
      >
        {t('list.edit')}
      </Menu.Item>
      <Menu.Item
        color="red"
        leftSection={<TrashIcon size={16} />}
        onClick={() => show({ kind: 'delete', project }, button)}
      >
        {t('list.delete')}
      </Menu.Item>
    </ListMenu>
  );
}
