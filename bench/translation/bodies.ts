/** What the backend serves, each of about a MiB: pages, style sheets and data as intranets make them. */
export const BODY_NAMES = ['links', 'no-links', 'css', 'json', 'text'] as const;
export type BodyName = (typeof BODY_NAMES)[number];

export const BODY_TYPES: Readonly<Record<BodyName, string>> = {
  links: 'text/html; charset=utf-8',
  'no-links': 'text/html; charset=utf-8',
  css: 'text/css',
  json: 'application/json',
  text: 'text/plain; charset=utf-8',
};

const BYTES = 1_048_576;

/** @param root `http://host:port/`, published; ends in `/`. */
export function makeBody(name: BodyName, root: string): string {
  switch (name) {
    case 'links':
      return page(root);
    case 'no-links':
    case 'text':
      return page('https://elsewhere.example/');
    case 'css':
      return repeat(
        (index) =>
          `.c${index} > a:hover { color: #06c; background: url("${root}img/${index}.png") no-repeat; margin: 0 1px }\n`,
      );
    case 'json':
      return `[${repeat((index) => `{"id":${index},"name":"Person ${index}","self":"${root.replaceAll('/', '\\/')}people\\/${index}","tags":["a","b"]},\n`)}{}]`;
  }
}

function page(root: string): string {
  const head = `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Directory</title>
<link rel="stylesheet" href="${root}assets/site.css"><style>body { background: url(${root}img/bg.png) } .a > b { color: red }</style></head><body>\n`;
  return `${head}<table>${repeat((index) => row(root, index))}</table></body></html>`;
}

function row(root: string, index: number): string {
  const links =
    index % 5 === 0
      ? `  <td><a href="${root}docs/${index}/report.pdf" class="doc">Report</a> <a href="https://www.example.org/wiki/${index}">wiki</a></td>\n`
      : '';
  const script =
    index % 40 === 0 ? `<script>rows.push({"id": ${index}, "text": a < b ? "</" + "td>" : ''});</script>\n` : '';
  return `<tr class="row ${index % 2 === 0 ? 'even' : 'odd'}" data-id="${index}" onclick="select(${index})">
  <td class="name"><a class="link" href="/people/${index}?tab=profile&amp;from=list" title="Open &quot;${index}&quot;">Person number ${index}</a></td>
  <td>Works on the third floor of the building in the department of things &mdash; since ${1990 + (index % 30)}.</td>
  <td><img src="../img/${index % 50}.jpg" alt="" width=32 height=32 loading=lazy></td>
${links}${script}</tr>\n`;
}

function repeat(make: (index: number) => string): string {
  const parts: string[] = [];
  for (let bytes = 0; bytes < BYTES;) {
    const part = make(parts.length);
    parts.push(part);
    bytes += part.length;
  }
  return parts.join('');
}
