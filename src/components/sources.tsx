import { useTranslations } from '#texts';
import classes from './message.module.css';

/** A source that a model names for its answer. */
export interface Source {
  title: string;
  /** The address of a web page, with its host to show; null for a document. */
  page: { url: string; host: string } | null;
}

/** The sources that a model has named for its answer, below the answer. */
export function Sources({ sources }: { sources: readonly Source[] }) {
  const t = useTranslations('chat.message');
  if (sources.length === 0) return null;
  return (
    <details className={classes['sources']}>
      <summary>{t('sources', { count: sources.length })}</summary>
      <ol>
        {sources.map(({ title, page }) => (
          <li key={page?.url ?? title} dir="auto">
            {page ? (
              <>
                <a href={page.url} target="_blank" rel="noopener noreferrer nofollow">
                  {title}
                </a>
                {title !== page.host && <span translate="no"> ({page.host})</span>}
              </>
            ) : (
              title
            )}
          </li>
        ))}
      </ol>
    </details>
  );
}
