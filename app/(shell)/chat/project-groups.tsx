'use client';

import { ActionIcon } from '@mantine/core';
import { useState } from 'react';
import { PlusIcon } from '#src/components/icons.tsx';
import { onDemand, useLoad } from '#src/components/on-demand.ts';
import { useListState } from './list-state.tsx';
import { useProjectDialog } from './project-actions.tsx';
import type { ProjectMenuProps } from './project-menu.tsx';
import { ProjectGroup } from './project-group.tsx';
import classes from './sidebar.module.css';
import { useProjectChanges } from './use-project-changes.ts';
import { type Project, useProjects } from './use-projects.ts';

const projectMenu = onDemand<ProjectMenuProps>(() =>
  import('./project-menu.tsx').then((module) => module.ProjectMenu),
);

/** The projects of the sidebar. */
export function ProjectGroups() {
  const projects = useProjects();
  const { move } = useProjectChanges();
  const show = useProjectDialog();
  const { t, onNavigate } = useListState();
  const [menu, setMenu] = useState<{ project: Project; button: HTMLElement } | null>(null);
  const [isMenuOpen, setIsMenuOpen] = useState(false);

  function onMenu(project: Project, button: HTMLElement) {
    setMenu({ project, button });
    setIsMenuOpen((wasOpen) => !wasOpen);
  }

  const closeMenu = () => setIsMenuOpen(false);
  useLoad(projectMenu, isMenuOpen, closeMenu);

  return (
    <section aria-label={t('list.projects')}>
      <div className={classes['headingRow']}>
        <h2 className={classes['heading']}>{t('list.projects')}</h2>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={24}
          aria-label={t('list.newProject')}
          data-new-project
          onClick={(event) => show({ kind: 'create' }, event.currentTarget)}
        >
          <PlusIcon size={16} />
        </ActionIcon>
      </div>
      {projects.map((project) => (
        <ProjectGroup
          key={project.id}
          project={project}
          isMenuOpen={isMenuOpen && menu?.project.id === project.id}
          onMenu={onMenu}
          onMove={move}
        />
      ))}
      {menu && <projectMenu.View props={{ ...menu, isOpen: isMenuOpen, onClose: closeMenu, onNavigate }} />}
    </section>
  );
}
