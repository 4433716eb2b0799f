import { useSyncExternalStore } from 'react';
import { createListeners } from './listeners.ts';

/** The longest text of one utterance, in characters. Some voices stop in the middle of longer ones. */
const MAX_LENGTH = 1_000;

let reading: string | null = null;
const listeners = createListeners();

function setReading(id: string | null): void {
  reading = id;
  listeners.notify();
}

/** True if the browser can read texts aloud. */
export const canSpeak = (): boolean => 'speechSynthesis' in globalThis;

/** Splits a text at the ends of lines and sentences into parts that a voice reads one after the other. */
export function utterancesOf(text: string): string[] {
  const sentences = text.split(/\n+|(?<=[.!?…。！？])\s+/).flatMap((sentence) => {
    const words = sentence.trim();
    return words.match(new RegExp(`.{1,${MAX_LENGTH}}(?:\\s|$)|.{1,${MAX_LENGTH}}`, 'gsu')) ?? [];
  });
  return sentences.map((sentence) => sentence.trim()).filter((sentence) => sentence !== '');
}

/** Ends reading aloud. */
export function stopReading(): void {
  if (reading === null) return;
  setReading(null);
  speechSynthesis.cancel();
}

/** Reads a text aloud with the voice of the browser, instead of what it reads now. @param id of its message. */
export function readAloud(id: string, text: string): void {
  stopReading();
  const parts = utterancesOf(text);
  if (parts.length === 0) return;
  setReading(id);
  for (const [index, part] of parts.entries()) {
    const utterance = new SpeechSynthesisUtterance(part);
    const end = () => {
      if (reading === id) setReading(null);
    };
    utterance.onerror = end;
    if (index === parts.length - 1) utterance.onend = end;
    speechSynthesis.speak(utterance);
  }
}

/** Returns the id of the message that is being read aloud; `null` if there is none. */
export const useReading = (): string | null =>
  useSyncExternalStore(
    listeners.subscribe,
    () => reading,
    () => null,
  );
