'use client';

import { createContext, type ReactNode, type RefObject, use, useRef, useState } from 'react';
import { useTranslations } from '#texts';
import { LazyDrawer } from '#src/components/lazy-overlays.tsx';
import { Shortcuts } from '../shortcuts/shortcuts.tsx';
import { InDrawer, useDrawer } from './drawer.ts';
import { ProjectActions } from './project-actions.tsx';
import classes from './shell.module.css';
import { rememberSidebar } from './sidebar-cookie.ts';
import { Sidebar } from './sidebar.tsx';
import { useOtherTabs } from './use-other-tabs.ts';

/** The width up to which the sidebar is a drawer, as in the style sheets. */
const NARROW = '(max-width: 48em)';

interface SidebarControl {
  /** True if the sidebar of wide screens is hidden. */
  isHidden: boolean;
  /** Shows or hides the sidebar, or on narrow screens the drawer. */
  toggle: () => void;
  /** The button of wide screens that toggles the sidebar. */
  button: RefObject<HTMLButtonElement | null>;
}

const Control = createContext<SidebarControl | null>(null);

/** Returns the state of the sidebar, or `null` on a page without one. */
export function useSidebar(): SidebarControl | null {
  return use(Control);
}

interface ShellProps {
  /** True if the sidebar was hidden in an earlier visit. */
  wasHidden: boolean;
  children: ReactNode;
}

/** The layout of the pages of a signed-in user: the sidebar and the page. */
export function Shell({ wasHidden, children }: ShellProps) {
  const t = useTranslations('shell');
  const drawer = useDrawer();
  const [isHidden, setIsHidden] = useState(wasHidden);
  const aside = useRef<HTMLElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useOtherTabs();

  function toggle() {
    if (window.matchMedia(NARROW).matches) {
      if (drawer.isOpen) drawer.close();
      else drawer.open();
      return;
    }
    // The focus must not be lost with the sidebar.
    if (aside.current?.contains(document.activeElement)) button.current?.focus();
    setIsHidden(!isHidden);
    rememberSidebar(!isHidden);
  }

  return (
    <Shortcuts onToggleSidebar={toggle}>
      <Control value={{ isHidden, toggle, button }}>
        <ProjectActions>
          <div className={classes['shell']} data-hidden={isHidden || undefined}>
            <aside ref={aside} className={classes['aside']} aria-label={t('sidebar.label')}>
              <Sidebar onNavigate={drawer.leave} />
            </aside>
            <LazyDrawer
              opened={drawer.isOpen}
              onClose={drawer.close}
              size={300}
              padding={0}
              withCloseButton={false}
              title={t('chats')}
              classNames={{ header: classes['hidden'] ?? '', body: classes['drawer'] ?? '' }}
            >
              <InDrawer value>
                <Sidebar onNavigate={drawer.leave} />
              </InDrawer>
            </LazyDrawer>
            <main className={classes['main']}>{children}</main>
          </div>
        </ProjectActions>
      </Control>
    </Shortcuts>
  );
}
