import type { ReactNode } from 'react';
import classes from './section.module.css';

interface SectionProps {
  /** The anchor, for links to it. */
  id: string;
  title: string;
  description?: ReactNode;
  /** The element of the title. */
  titleAs?: 'h2' | 'h3';
  children: ReactNode;
}

/** A section of a page. */
export function Section({ id, title, description, titleAs: Heading = 'h3', children }: SectionProps) {
  return (
    <section id={id} aria-label={title} className={classes['section']}>
      <Heading className={classes['title']}>{title}</Heading>
      {description !== undefined && <p className={classes['description']}>{description}</p>}
      <div className={classes['content']}>{children}</div>
    </section>
  );
}
