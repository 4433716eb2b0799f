import { LinkButton } from '#src/components/links.tsx';
import { Notice } from '#src/components/notice.tsx';

export default function SharedChatNotFound() {
  return (
    <Notice
      title="This chat is not shared"
      text="The link is wrong, or its owner has stopped sharing the chat."
    >
      <LinkButton href="/">Home</LinkButton>
    </Notice>
  );
}
