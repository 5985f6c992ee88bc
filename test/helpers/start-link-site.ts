import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';

/** A site in two folders of one host, whose pages name themselves by absolute internal URLs, as sites inside do. */
export interface LinkSite {
  /** Ends in `/`; the folders are `crm/` and `hr/` under it. */
  readonly url: string;
  close(): Promise<void>;
}

const LINKS = 10_000;
const COLUMNS = 100;

/** Starts it. `/crm/` has 10,000 links of mixed kinds, in markup, style sheets and attributes of every kind of quoting. */
export async function startLinkSite(): Promise<LinkSite> {
  const server = createServer((request, response) => {
    const [, folder = '', rest = ''] = /^\/(crm|hr)\/([^?]*)/.exec(request.url ?? '') ?? [];
    const root = `http://${request.headers.host}/`;
    const { hue } = /(?<hue>\d+)\.svg$/.exec(rest)?.groups ?? {};
    if (folder === 'crm' && rest === '') {
      const page = gzipSync(linkPage(root));
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-encoding': 'gzip' }).end(page);
    } else if (rest === 'site.css') {
      const sheet = brotliCompressSync(styleSheet(root));
      response.writeHead(200, { 'content-type': 'text/css', 'content-encoding': 'br' }).end(sheet);
    } else if (rest === 'more.css') {
      response.writeHead(200, { 'content-type': 'text/css' }).end('h1 { color: rgb(20 60 120); }');
    } else if (hue !== undefined) {
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><rect width="40" height="40" fill="hsl(${hue} 70% 50%)"/></svg>`;
      response.writeHead(200, { 'content-type': 'image/svg+xml' }).end(svg);
    } else if (folder === '') {
      response.writeHead(404).end();
    } else {
      const body = `<!doctype html><title>${folder}</title><body style="background: lightyellow">${folder} ${rest}`;
      response.writeHead(200, { 'content-type': 'text/html' }).end(body);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function linkPage(root: string): string {
  const links = Array.from({ length: LINKS }, (_, index) => link(root, index));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><title>Ten thousand links — é</title>
<!-- built for ${root}crm/ -->
<link rel="stylesheet" href="${root}crm/site.css">
<style>.from-page { background: url(/crm/30.svg) } @media screen { .none { background: url(${root}hr/40.svg) } }</style>
</head>
<body>
<h1>Ten thousand links</h1>
<div class="row">
<img src="${root}crm/60.svg" alt=""><img src=/crm/90.svg alt><img alt='' SRCSET="/crm/120.svg 1x, ${root}crm/130.svg 2x">
<picture><source srcset="${root.replace('http:', '')}crm/150.svg"><img alt=""></picture>
<input type="image" src="http:&#47;&#47;${new URL(root).host}/crm/180.svg" alt="">
<object data="${root}crm/210.svg" width="40" height="40"></object>
<svg width="40" height="40"><title>x</title><image href="/crm/240.svg" width="40" height="40"/></svg>
<iframe src="${root}crm/270.svg" width="40" height="40"></iframe>
<span class="box" style="background: url(&quot;${root}crm/300.svg&quot;)"></span><span class="box from-page"></span>
<span class="box from-sheet"></span><span class="box none"></span>
</div>
<script>document.title += ' & a script with "</" + "a>" and <a href="/crm/">';</script>
<div class="links">${links.join('\n')}</div>
</body></html>`;
}

/** One of the links, each a little otherwise. */
function link(root: string, index: number): string {
  const kinds = [
    `<a href="${root}crm/item/${index}?a=1&amp;b=2#top" class="k0">·</a>`,
    `<a class=k1 href='/crm/item/${index}'>·</a>`,
    `<A HREF=${root}crm/item/${index} CLASS=k2>·</A>`,
    `<a title="to ${root}crm/" href = "//${new URL(root).host}/crm/item/${index}" class="k3">·</a>`,
    `<a class="k4" href="item/${index}">·</a>`,
    `<a class="k5" href="${root}hr/person/${index}">·</a>`,
    `<a class="k6" href="/hr/person/${index}">·</a>`,
    `<a class="k7" href="https://elsewhere.example/${index}">·</a>`,
    `<a class="k8" href="http:&#x2f;/${new URL(root).host.toUpperCase()}&sol;crm/item/${index}">·</a>`,
    `<a\nclass="k9"\nhref="\n${root}crm/item/${index}\n">·</a>`,
  ];
  return kinds[index % kinds.length] ?? '';
}

function styleSheet(root: string): string {
  const colours = Array.from({ length: 10 }, (_, index) => `.k${index} { background: hsl(${index * 36} 60% 70%); }`);
  return `@import "${root}crm/more.css";
body { margin: 10px; font: 12px/1 sans-serif; width: ${COLUMNS * 10}px; overflow: hidden; }
.row { display: flex; height: 40px; overflow: hidden; } iframe { border: 0; }
.box { display: inline-block; width: 40px; height: 40px; }
.from-sheet { background: url('${root}crm/330.svg'); } /* not url(${root}crm/350.svg) */
.links { display: flex; flex-wrap: wrap; } .links a { width: 10px; height: 8px; font-size: 8px; color: black; text-decoration: none; }
${colours.join('\n')}`;
}
