import type { Block, Fact, ListedError, Page, PageLink, Snippet } from './blocks.ts';
import { highlight } from './highlight.ts';
import { type Html, html } from './html.ts';
import type { MarkdownWriter } from './markdown.ts';
import { errorPath } from './paths.ts';
import type { Field, Form, Shape } from './shapes.ts';

/** How a page is written as HTML. */
export interface HtmlOptions {
  /** Returns the URL of a page of the reference by its path. */
  urlOf: (path: string) => string;
  /** The URL of the script that creates forms. */
  trialScript: string;
  markdown: MarkdownWriter;
}

/** Returns the content of a page: its text, and the examples beside it. */
export function writeHtml(page: Page, options: HtmlOptions): Html {
  const { title, label, lead, blocks, aside = [], source } = page;
  const { markdown } = options;
  return html`<article class="${aside.length > 0 ? 'page with-aside' : 'page'}">
    <header class="title">
      ${label !== undefined && html`<p class="label">${label}</p>`}
      <h1>${title}</h1>
      ${lead !== undefined && html`<div class="lead text">${markdown.blocks(lead)}</div>`}
    </header>
    <div class="body">
      ${blocks.map((block) => blockOf(block, options))}
      ${source !== undefined && html`<p class="source"><a href="${source}">Source code</a></p>`}
    </div>
    ${aside.length > 0 && html`<div class="aside"><div class="sticky">${aside.map((block) => blockOf(block, options))}</div></div>`}
  </article>`;
}

function blockOf(block: Block, options: HtmlOptions): Html {
  const { markdown } = options;
  switch (block.kind) {
    case 'heading':
      return html`<h2 id="${block.id}"><a class="anchor" href="#${block.id}">${block.text}</a></h2>`;
    case 'text':
      return html`<div class="text">${markdown.blocks(block.markdown)}</div>`;
    case 'note':
      return html`<div class="note text">${markdown.blocks(block.markdown)}</div>`;
    case 'endpoint':
      return html`<p class="endpoint">
        <span class="method ${block.method.toLowerCase()}">${block.method}</span> <code>${block.path}</code>
      </p>`;
    case 'facts':
      return html`<dl class="facts">${block.facts.map((fact) => factOf(fact, options))}</dl>`;
    case 'shape':
      return shapeOf(block.shape, options);
    case 'code':
      return html`<figure class="example">
        <figcaption>${block.title}</figcaption>
        <pre class="code" tabindex="0"><code>${highlight(block.code, block.language)}</code></pre>
      </figure>`;
    case 'snippets':
      return snippetsOf(block.snippets);
    case 'links':
      return html`<ul class="links${block.isCompact ? ' compact' : ''}">
        ${block.links.map((link) => linkItem(link, options))}
      </ul>`;
    case 'errors':
      return errorTable(block.errors, options);
    case 'trial':
      return trialOf(block.path, options);
  }
}

/** Returns the callers as radio buttons. The style shows the example of the chosen one, without scripts. */
const snippetsOf = (snippets: readonly Snippet[]) =>
  html`<div class="snippets">
    <fieldset>
      <legend>Call it from</legend>
      ${snippets.map(
        ({ id, title }, i) =>
          html`<label
            ><input type="radio" name="caller" value="${id}" ${i === 0 && html` checked`} />${title}</label
          >`,
      )}
    </fieldset>
    <div class="panels">
      ${snippets.map(
        ({ title, language, code }) =>
          html`<figure class="example">
            <figcaption>${title}</figcaption>
            <pre class="code" tabindex="0"><code>${highlight(code, language)}</code></pre>
          </figure>`,
      )}
    </div>
  </div>`;

/** Returns the place of the form, which the script creates when the reader asks for it. */
const trialOf = (path: string, { urlOf, trialScript }: HtmlOptions) =>
  html`<section class="try" data-trial="${urlOf(path)}" data-script="${trialScript}">
    <h2 id="try"><a class="anchor" href="#try">Try it</a></h2>
    <div class="try-start">
      <button type="button" class="primary" disabled>Try it</button>
      <span>Calls the API from this page.</span>
    </div>
  </section>`;

const factOf = ({ label, texts }: Fact, { markdown }: HtmlOptions) =>
  html`<div>
    <dt>${label}</dt>
    <dd>${texts.map((text) => html`<p>${markdown.inline(text)}</p>`)}</dd>
  </div>`;

const linkItem = ({ path, text, tag, note }: PageLink, { urlOf }: HtmlOptions) =>
  html`<li>
    <a href="${urlOf(path)}"
      >${tag !== undefined && html`<span class="method ${tag.toLowerCase()}">${tag}</span> `}<code>${text}</code>${note !== undefined && html` <span>${note}</span>`}</a
    >
  </li>`;

const errorTable = (errors: readonly ListedError[], { urlOf, markdown }: HtmlOptions) =>
  html`<ul class="errors">
    ${errors.map(
      ({ code, status, title, action }) =>
        html`<li>
          <div>
            <span class="status">${status}</span> <a href="${urlOf(errorPath(code))}"><code>${code}</code></a>
          </div>
          <p>${title}.${action !== '' && html` <span>${markdown.inline(action)}</span>`}</p>
        </li>`,
    )}
  </ul>`;

function shapeOf(shape: Shape, options: HtmlOptions): Html {
  const isObject = shape.fields.length > 0 && shape.type === (shape.name ?? 'object');
  const { description } = shape;
  return html`<div class="shape">
    ${!isObject && html`<div class="head">${typeOf(shape)}</div>`}
    ${description !== undefined && html`<div class="text about">${options.markdown.blocks(description)}</div>`}
    ${limitsOf(shape)}${fieldList(shape.fields, options)}${formList(shape.forms, options, true)}
  </div>`;
}

const typeOf = ({ type, isDeprecated }: Shape) =>
  html`<span class="type">${type}</span>${isDeprecated && html` <span class="flag">deprecated</span>`}`;

/** Returns what restricts a value. */
function limitsOf({ constraints, choices, default: initial, example, isRepeated }: Shape): Html {
  return html`${constraints.length > 0 && html`<p class="limits">${constraints.join(' · ')}</p>`}
  ${
    choices.length > 0 &&
    html`<p class="limits">One of ${choices.map((choice) => html`<code>${choice}</code> `)}</p>`
  }${initial !== undefined && html`<p class="limits">Default <code>${initial}</code></p>`}${
    example !== undefined && html`<p class="limits">Example <code>${example}</code></p>`
  }${isRepeated && html`<p class="limits">Described elsewhere on this page.</p>`}`;
}

const fieldList = (fields: readonly Field[], options: HtmlOptions): Html =>
  fields.length === 0
    ? html``
    : html`<ul class="fields">
        ${fields.map((field) => fieldItem(field, options))}
      </ul>`;

function fieldItem(field: Field, options: HtmlOptions): Html {
  const { description } = field;
  return html`<li>
    <div class="head">
      <code class="name">${field.field}</code> ${typeOf(field)}
      ${
        field.isRequired
          ? html`<span class="required">required</span>`
          : html`<span class="optional">optional</span>`
      }${field.place !== undefined && html` <span class="place">${field.place}</span>`}
    </div>
    ${
      description !== undefined && html`<div class="text about">${options.markdown.blocks(description)}</div>`
    }${limitsOf(field)}${inner(field, options)}
  </li>`;
}

/** Returns the parts of a field, closed until a reader opens them. */
function inner({ fields, forms }: Shape, options: HtmlOptions): Html {
  const [count, word] = fields.length > 0 ? [fields.length, 'field'] : [forms.length, 'form'];
  if (count === 0) return html``;
  return html`<details>
    <summary>${count} ${word}${count > 1 && 's'}</summary>
    ${fieldList(fields, options)}${formList(forms, options, false)}
  </details>`;
}

const formList = (forms: readonly Form[], options: HtmlOptions, isOpen: boolean): Html =>
  forms.length === 0
    ? html``
    : html`<ul class="forms">
        ${forms.map((form) => formItem(form, options, isOpen && forms.length < 4))}
      </ul>`;

function formItem(form: Form, options: HtmlOptions, isOpen: boolean): Html {
  const { description, fields, forms } = form;
  const content = html`${description !== undefined && html`<div class="text about">${options.markdown.blocks(description)}</div>`}${limitsOf(form)}${fieldList(fields, options)}${formList(forms, options, false)}`;
  if (fields.length + forms.length === 0)
    return html`<li>
      <div class="head"><code class="name">${form.label}</code></div>
      ${content}
    </li>`;
  return html`<li><details${isOpen && html` open`}><summary><code>${form.label}</code></summary>${content}</details></li>`;
}
