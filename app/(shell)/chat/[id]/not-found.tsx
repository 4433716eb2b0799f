export { NoSuchChat as default } from './no-such-chat.tsx';
