/**
 * Settings of PostgreSQL for the embedded database, in addition to PGlite's own. Log files are deleted at each
 * checkpoint instead of being reused, so that the folder does not keep the size of its busiest minute. A tenth of the
 * default statistics sample is enough to distinguish large tables from small ones, and keeps ANALYZE short.
 */
export const SETTINGS = [
  'max_wal_size=64MB',
  'min_wal_size=32MB',
  'wal_recycle=off',
  'wal_init_zero=off',
  'default_statistics_target=10',
];
