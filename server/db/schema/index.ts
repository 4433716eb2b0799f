/** All tables, by topic. drizzle-kit compares them with the migrations. */
export * from './accounts.ts';
export * from './apart.ts';
export * from './chats.ts';
export * from './files.ts';
export * from './imports.ts';
export * from './oauth.ts';
export * from './projects.ts';
