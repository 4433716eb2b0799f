import { z } from 'zod';
import { MAX_PROJECT_NAME } from '#contract/chat-limits';
import { InstructionsText } from '#contract/chat';
import { ById, Id, line, page, paging } from '#contract/common';

const ProjectName = line(MAX_PROJECT_NAME).meta({
  description: 'The name of the project.',
  examples: ['Trip to Norway'],
});
const ProjectInstructions = InstructionsText.meta({
  description: 'Your instructions for the model in all chats of the project; empty for none.',
  examples: ['We travel by train.'],
});

export const Project = z
  .object({
    id: Id,
    name: z.string().meta({ description: 'The name of the project.', examples: ['Trip to Norway'] }),
    instructions: z.string().meta({
      description: 'Your instructions for the model in all chats of the project.',
      examples: ['We travel by train.'],
    }),
    createdAt: z.date(),
    updatedAt: z.date(),
  })
  .meta({ id: 'Project', description: 'A group of chats.' });
export type Project = z.output<typeof Project>;

export const ProjectList = z.strictObject(paging);
export const ProjectPage = page(
  Project.omit({ instructions: true }).meta({
    id: 'ProjectItem',
    description: 'A group of chats, without its instructions.',
  }),
).meta({ id: 'ProjectPage', description: 'A page of projects, newest first.' });

export const ProjectCreate = z
  .strictObject({ name: ProjectName, instructions: ProjectInstructions.optional() })
  .meta({ id: 'ProjectCreate', description: 'A project to create.' });

export const ProjectUpdate = ById.extend({
  name: ProjectName.optional(),
  instructions: ProjectInstructions.optional(),
}).meta({ id: 'ProjectUpdate', description: 'Changes to a project. Missing fields are not changed.' });

export const ChatMove = z
  .strictObject({
    chatId: Id,
    projectId: Id.nullable()
      .default(null)
      .meta({
        description: 'The project; null for none.',
        examples: ['019ab1c2-7d3e-7f00-8000-5f0c6a1d2e40'],
      }),
  })
  .meta({ id: 'ChatMove', description: 'The project of a chat.' });
