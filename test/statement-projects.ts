import { type Arrange, expectRows, plain } from './statement-data.ts';

/** The number of statements of the procedures of projects (test/statements.test.ts). */
export const PROJECT_CALLS: Record<string, [statements: number, Arrange]> = {
  'chat.list, project': [
    1,
    async ({ api, rows, projectId }) => {
      for (let row = 0; row < rows; row++) await api.chat.create({ projectId });
      return (caller) => expectRows(rows, caller.chat.list({ projectId, limit: 100 }));
    },
  ],
  'chat.create, project': [1, plain((api, { projectId }) => api.chat.create({ projectId }))],
  'chat.move': [
    1,
    async ({ api, projectId }) => {
      const { id: chatId } = await api.chat.create({});
      return (caller) => caller.chat.move({ chatId, projectId });
    },
  ],
  'chat.projects.list': [
    1,
    plain((api, { rows }) => expectRows(rows, api.chat.projects.list({ limit: 100 }))),
  ],
  'chat.projects.create': [1, plain((api) => api.chat.projects.create({ name: 'New' }))],
  'chat.projects.get': [1, plain((api, { projectId }) => api.chat.projects.get({ id: projectId }))],
  'chat.projects.update': [
    1,
    plain((api, { projectId }) => api.chat.projects.update({ id: projectId, name: 'Renamed' })),
  ],
  'chat.projects.delete': [1, plain((api, { projectId }) => api.chat.projects.delete({ id: projectId }))],
};
