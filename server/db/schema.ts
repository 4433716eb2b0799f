/** All tables, by what they are about. drizzle-kit compares them with the migrations. */
export * from '#server/db/schema/accounts';
export * from '#server/db/schema/apart';
export * from '#server/db/schema/chats';
