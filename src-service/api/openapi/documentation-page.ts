import type { OpenAPIV3_1 } from 'openapi-types';
import { SafeMarkup, markup } from '../../portal/markup.ts';
import { type Page, makePage } from '../../portal/page.ts';
import { DOCUMENTATION_STYLE } from './documentation-style.ts';

type Schema = OpenAPIV3_1.SchemaObject | OpenAPIV3_1.ReferenceObject;

interface Shown {
  readonly method: string;
  readonly path: string;
  readonly operation: OpenAPIV3_1.OperationObject;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const COMPONENTS = '#/components/schemas/';
/** Nested deeper, a schema is told by its type alone. */
const MAX_DEPTH = 4;

/** The document as a page without scripts: operations fold by `details`, which keyboards and screen readers know. */
export function renderDocumentation(document: OpenAPIV3_1.Document): Page {
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    METHODS.flatMap((method): Shown[] => {
      const operation = item?.[method];
      return operation === undefined ? [] : [{ method: method.toUpperCase(), path, operation }];
    }),
  );
  const tags = document.tags ?? [];
  const schemas = Object.entries(document.components?.schemas ?? {}).toSorted(([a], [b]) => a.localeCompare(b));
  const body = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${document.info.title}</title>
${new SafeMarkup(`<style>${DOCUMENTATION_STYLE}</style>`)}
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<nav aria-label="Contents"><ul>
${tags.map(({ name }) => markup`<li><a href="#${anchor(name)}">${name}</a></li>`)}
<li><a href="#schemas">Schemas</a></li>
</ul></nav>
<main id="content">
<h1>${document.info.title}</h1>
<p class="version">Version ${document.info.version} · OpenAPI ${document.openapi} · <a href="openapi.json">openapi.json</a></p>
<p>${prose(document.info.description)}</p>
${tags.map(
  ({ name, description }) => markup`<section aria-labelledby="${anchor(name)}">
<h2 id="${anchor(name)}">${name}</h2>
<p>${prose(description)}</p>
${operations.filter(({ operation }) => operation.tags?.includes(name)).map(showOperation)}
</section>`,
)}
<section aria-labelledby="schemas">
<h2 id="schemas">Schemas</h2>
${schemas.map(
  ([name, schema]) => markup`<details id="schema-${name}"><summary><code>${name}</code></summary>
<div class="operation">${showSchema(schema as Schema, 0)}</div></details>`,
)}
</section>
</main>
</body>
</html>
`;
  return makePage(body.text, { styles: [DOCUMENTATION_STYLE], scripts: [], hasPicture: false });
}

function showOperation({ method, path, operation }: Shown): SafeMarkup {
  const parameters = (operation.parameters ?? []) as OpenAPIV3_1.ParameterObject[];
  const request = operation.requestBody as OpenAPIV3_1.RequestBodyObject | undefined;
  const responses = Object.entries(operation.responses ?? {}) as [string, OpenAPIV3_1.ResponseObject][];
  return markup`<details id="${operation.operationId ?? ''}">
<summary><span class="method ${method.toLowerCase()}">${method}</span> <code>${path}</code> <span class="what">${operation.summary ?? ''}</span></summary>
<div class="operation">
<p class="id"><code>${operation.operationId ?? ''}</code>${operation.security?.length === 0 ? ' · needs no token' : ''}</p>
${parameters.length === 0 ? null : markup`<h3>Parameters</h3><table><thead><tr><th scope="col">Name</th><th scope="col">In</th><th scope="col">What</th></tr></thead><tbody>${parameters.map(showParameter)}</tbody></table>`}
${request === undefined ? null : markup`<h3>Request</h3>${showContent(request.content)}`}
<h3>Answers</h3>
<dl>${responses.map(
    ([status, { description, content }]) =>
      markup`<dt>${status}</dt><dd>${description.split('\n').map((line) => markup`<p>${prose(line)}</p>`)}${status.startsWith('2') && content !== undefined ? showContent(content) : null}</dd>`,
  )}</dl>
</div>
</details>`;
}

function showParameter({ name, in: place, required, description, schema }: OpenAPIV3_1.ParameterObject): SafeMarkup {
  const type = schema === undefined ? '' : typeName(schema);
  const need = required === true ? markup` <em>required</em>` : null;
  return markup`<tr><td><code>${name}</code>${need}</td><td>${place}</td><td>${type}${description === undefined ? null : markup`: ${prose(description)}`}</td></tr>`;
}

function showContent(content: Readonly<Record<string, OpenAPIV3_1.MediaTypeObject>>): SafeMarkup {
  return markup`${Object.entries(content).map(
    ([type, { schema }]) => markup`<p class="media">${type}</p>${schema === undefined ? null : showSchema(schema, 0)}`,
  )}`;
}

function showSchema(schema: Schema, depth: number): SafeMarkup {
  if ('$ref' in schema) return markup`<p>${reference(schema.$ref)}</p>`;
  const fields = Object.entries(schema.properties ?? {}) as [string, Schema][];
  if (fields.length === 0) return markup`<p>${describeType(schema)}</p>`;
  return markup`<ul class="fields">${fields.map(
    ([name, field]) =>
      markup`<li><code>${name}</code>${schema.required?.includes(name) === true ? markup` <em>required</em>` : null} ${describeType(field)}${depth < MAX_DEPTH ? showNested(field, depth) : null}</li>`,
  )}</ul>`;
}

/** The fields of a part that is an object, may be one, or is a list of such. */
function showNested(field: Schema, depth: number): SafeMarkup | null {
  if ('$ref' in field) return null;
  const parts = [field, ...(field.anyOf ?? []), ...('items' in field ? [field.items] : [])] as Schema[];
  const objects = parts.filter((part) => !('$ref' in part) && part.properties !== undefined);
  return objects.length === 0 ? null : markup`${objects.map((part) => showSchema(part, depth + 1))}`;
}

function describeType(schema: Schema): SafeMarkup {
  if ('$ref' in schema) return reference(schema.$ref);
  const linked = [...(schema.anyOf ?? []), ...('items' in schema ? [schema.items] : [])].find(
    (part): part is OpenAPIV3_1.ReferenceObject => '$ref' in part,
  );
  const description = schema.description === undefined ? null : markup`: ${prose(schema.description)}`;
  const link = linked === undefined ? null : markup` ${reference(linked.$ref)}`;
  return markup`<span class="type">${typeName(schema)}</span>${link}${description}`;
}

function typeName(schema: Schema): string {
  if ('$ref' in schema) return schema.$ref.slice(COMPONENTS.length);
  if (schema.enum !== undefined) return schema.enum.map(String).join(' | ');
  if (schema.const !== undefined) return String(schema.const);
  if (schema.anyOf !== undefined) return schema.anyOf.map((part) => typeName(part)).join(' or ');
  const type = [schema.type ?? 'anything'].flat().join(' or ');
  if ('items' in schema) return `list of ${typeName(schema.items)}`;
  return schema.format === undefined ? type : `${type} (${schema.format})`;
}

function reference(ref: string): SafeMarkup {
  const name = ref.slice(COMPONENTS.length);
  return markup`<a href="#schema-${name}">${name}</a>`;
}

/** Text with its code between backticks. */
function prose(text = ''): SafeMarkup {
  return markup`${text.split('`').map((part, index) => (index % 2 === 1 ? markup`<code>${part}</code>` : markup`${part}`))}`;
}

function anchor(name: string): string {
  return name.toLowerCase().replaceAll(' ', '-');
}
