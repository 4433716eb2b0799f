import type { RequestHeader, Trial } from '../trial.ts';
import { createControls } from './controls.ts';
import { button, element, uniqueId } from './dom.ts';
import type { Issue } from './response.ts';

/** A choice of one of several options. */
export function choice(legend: string, options: readonly (readonly [value: string, label: string])[]) {
  const name = uniqueId();
  const inputs = options.map(([value], i) =>
    element('input', { type: 'radio', name, value, checked: i === 0 }),
  );
  const labels = options.map(([, label], i) => element('label', {}, inputs[i] ?? null, ` ${label}`));
  const node = element('fieldset', {}, element('legend', {}, legend), ...labels);
  return { node, read: () => inputs.find(({ checked }) => checked)?.value };
}

/** Creates the part that says who calls: the signed-in person, or the owner of a key. */
export function callerOf({ key }: Trial) {
  const who = choice('Call it', [
    ['cookie', 'as you are signed in here'],
    ['key', 'with a key'],
  ]);
  const input = element('input', {
    ...{
      type: 'password',
      autocomplete: 'off',
      'aria-label': 'Key',
      placeholder: 'stays in the memory of this page',
    },
  });
  input.hidden = true;
  who.node.addEventListener('input', () => {
    input.hidden = who.read() !== 'key';
    if (!input.hidden) input.focus();
  });
  if (!key) return { nodes: [], apply: (_headers: Headers): RequestCredentials => 'same-origin' };
  return {
    nodes: [element('div', {}, who.node, input)],
    /** Adds the key. @returns if the request may have the cookies of the person. */
    apply(headers: Headers): RequestCredentials {
      if (who.read() !== 'key') return 'same-origin';
      if (input.value !== '') headers.set(key.header, key.prefix + input.value.trim());
      return 'omit';
    },
  };
}

/** Creates the inputs of the request headers that REST takes. */
export function headersOf(headers: readonly RequestHeader[]) {
  const inputs = headers.map(({ name, description }) => ({
    name,
    input: element('input', { type: 'text', 'aria-label': name, title: description, autocomplete: 'off' }),
  }));
  const rows = inputs.map(({ name, input }) =>
    element('div', { class: 'row' }, element('div', { class: 'row-name' }, element('code', {}, name)), input),
  );
  const node = element('details', { class: 'tree' }, element('summary', {}, 'Request headers'), ...rows);
  node.hidden = headers.length === 0;
  return {
    node,
    apply(to: Headers): void {
      for (const { name, input } of inputs) if (input.value !== '') to.set(name, input.value);
    },
  };
}

/** Creates the form of the input, and its JSON, which is what is sent. Each follows the other. */
export function inputOf({ input, schemas, example }: Trial) {
  if (input === null) return null;
  const controls = createControls(input, schemas);
  const json = element('textarea', {
    class: 'json',
    rows: '8',
    spellcheck: 'false',
    'aria-label': 'Input as JSON',
  });
  const problem = element('p', { class: 'issue', role: 'alert' });
  const show = (value: unknown): void => {
    json.value = value === undefined ? '' : JSON.stringify(value, null, 2);
  };
  controls.write(example);
  show(example ?? controls.read());
  controls.node.addEventListener('input', () => {
    show(controls.read());
    problem.textContent = '';
  });
  function read(): unknown {
    return json.value.trim() === '' ? undefined : JSON.parse(json.value);
  }
  json.addEventListener('input', () => {
    try {
      controls.write(read());
      problem.textContent = '';
    } catch (error) {
      problem.textContent = `This is not JSON: ${error instanceof Error ? error.message : String(error)}`;
    }
  });
  const form = element('div', { class: 'try-form' }, controls.node);
  return {
    node: element('div', { class: 'try-input' }, form, element('div', {}, json, problem)),
    read,
    files: controls.files,
    /** Shows issues at their fields. */
    showIssues(issues: readonly Issue[]): void {
      for (const old of form.querySelectorAll('.issue')) old.remove();
      for (const { pointer, message } of issues) {
        const path = pointer
          .split('/')
          .slice(1)
          .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
        const place = controls.placeOf(path);
        const isInput = place.matches('input, select, textarea');
        (isInput ? place.parentElement : place)?.append(element('p', { class: 'issue' }, message));
      }
    },
  };
}

/** Creates the question that a call that changes something asks once. */
export function questionOf(send: () => void) {
  const dialog = element('dialog', { 'aria-label': 'Send a call that changes data' });
  dialog.append(
    element('p', {}, 'This call changes data, as a call of your program would.'),
    button(
      'Send it',
      () => {
        dialog.close();
        send();
      },
      { class: 'primary' },
    ),
    button('Back', () => dialog.close()),
  );
  return dialog;
}
