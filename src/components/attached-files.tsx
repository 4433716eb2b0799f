import { useTranslations } from '#texts';
import { DocumentIcon } from './icons.tsx';
import classes from './attached-files.module.css';

interface AttachedFilesProps {
  files: readonly { filename?: string | undefined; mediaType: string; url: string }[];
}

/** The files of a question: small pictures of images, and links that download all others. */
export function AttachedFiles({ files }: AttachedFilesProps) {
  const t = useTranslations('chat.files');
  if (files.length === 0) return null;
  return (
    <ul className={classes['files']} aria-label={t('choose')}>
      {files.map(({ filename = t('unnamed'), mediaType, url }) => (
        <li key={url}>
          {mediaType.startsWith('image/') ? (
            <a href={url} target="_blank" rel="noreferrer" className={classes['picture']}>
              <img src={url} alt={filename} loading="lazy" />
            </a>
          ) : (
            <a href={url} download={filename} className={classes['file']}>
              <DocumentIcon />
              <span>{filename}</span>
            </a>
          )}
        </li>
      ))}
    </ul>
  );
}
