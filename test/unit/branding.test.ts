import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { BrandingConfiguration } from '../../src-service/config/branding-configuration.ts';
import { type Branding, loadBranding } from '../../src-service/portal/branding.ts';
import { renderErrorPage, renderProblem } from '../../src-service/portal/error-page.ts';
import type { Page } from '../../src-service/portal/page.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { type ErrorCode, ERRORS } from '../../src-shared/errors/registry.ts';

const ID = '2e307eb6-d4ee-4e99-a288-3d21ae630ee5';
const folder = mkdtempSync(join(tmpdir(), 'postern-branding-'));
afterAll(() => rmSync(folder, { recursive: true }));

function brandingOf(branding: Partial<BrandingConfiguration>): Branding {
  return loadBranding({ displayName: 'Postern', branding: { contact: {}, ...branding } });
}

function file(name: string, content: string | Buffer): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

function pageOf(brand: Branding, error = new PosternError('EDGE_FORBIDDEN'), userName?: string): Page {
  return renderErrorPage({ error, activityId: ID, atMs: 0, brand, userName, signInPath: '/.postern/start?x=1&y=2' });
}

function policyOf({ headers }: Page): string {
  return headers[headers.indexOf('Content-Security-Policy') + 1] ?? '';
}

describe('B45 error pages', () => {
  test.each(Object.keys(ERRORS) as ErrorCode[])('B45 %s: status text, id, time and one failed station', (code) => {
    const { body } = pageOf(brandingOf({}), new PosternError(code));
    expect(body).toContain(`>${ID}<`);
    expect(body).toContain('<time datetime="1970-01-01T00:00:00.000Z">');
    expect(body.match(/class="failed"/g)).toHaveLength(1);
    expect(body).toContain(`${ERRORS[code].status} `);
    const problem: unknown = JSON.parse(
      renderProblem({ error: new PosternError(code), activityId: ID, atMs: 0, brand: brandingOf({}) }).body,
    );
    expect(problem).toMatchObject({ code, activityId: ID, instance: `urn:uuid:${ID}`, status: ERRORS[code].status });
  });

  test("B45 what comes from outside is escaped, and a backend's own words are not shown", () => {
    const { body } = pageOf(brandingOf({}), new PosternError('EDGE_FORBIDDEN'), '<img src=x onerror=alert(1)>');
    expect(body).not.toContain('<img');
    const inner = pageOf(brandingOf({}), new PosternError('BACKEND_REFUSED', { message: 'http://10.0.0.5: refused' }));
    expect(inner.body).not.toContain('10.0.0.5');
  });
});

describe('B45 branding', () => {
  test('B45 name, picture, colours, help and contact stand in the page, under a policy that allows no more', () => {
    const page = pageOf(
      brandingOf({
        displayName: 'Contoso & Söhne',
        logoFile: file('logo.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>'),
        accentColor: '#0b7a5b',
        helpText: 'Ask <us>.',
        contact: { email: 'help@contoso.example', phone: '+41 44 1', url: 'https://status.contoso.example/' },
      }),
    );
    expect(page.body).toContain('alt="Contoso &amp; Söhne"');
    expect(page.body).toContain('src="data:image/svg+xml;base64,');
    expect(page.body).toContain('--accent:#0b7a5b;--accent-ink:#ffffff');
    expect(page.body).toContain('Ask &lt;us&gt;.');
    expect(page.body).toContain(`href="mailto:help@contoso.example?subject=Activity%20id%20${ID}"`);
    expect(page.body).toContain('href="tel:+41441"');
    const policy = policyOf(page);
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; img-src data:; base-uri/,
    );
    expect(policyOf(pageOf(brandingOf({})))).not.toContain('img-src');
  });

  test.each([
    [{ accentColor: '#ffee00' }, /branding\.accentColor: #ffee00 can't be read on #ffffff.*Take a darker one/],
    [{ accentColorDark: '#2f5bd8' }, /branding\.accentColorDark: .*Take a lighter one/],
    [{ logoFile: '/nowhere/logo.svg' }, /branding\.logoFile: .*can't be read/],
    [{ logoFile: '/nowhere/logo.gif' }, /branding\.logoFile: .*must end in \.svg/],
  ])('a wrong setting is refused at boot with its key: %j', (branding, message) => {
    expect(() => brandingOf(branding)).toThrow(message);
  });

  test('a picture that is too large is refused', () => {
    const logoFile = file('large.png', Buffer.alloc(70_000));
    expect(() => brandingOf({ logoFile })).toThrow('70000 octets; 65536 are allowed');
  });
});

describe("B45 an operator's own page", () => {
  const page = (body: string, head = '<title>{{status}} {{title}}</title>'): string =>
    `<!doctype html><html lang="en"><head>${head}</head><body>${body}{{facts}}</body></html>`;
  const load = (text: string): Branding => brandingOf({ errorTemplateFile: file('error.html', text) });

  test('B45 placeholders are filled, values escaped, styles allowed by their hash', () => {
    const brand = load(
      page(
        '<h1>{{ title }}</h1><p id="{{activityId}}">{{message}}</p>{{way}}{{advice}}{{actions}}{{help}}',
        '<title>{{title}}</title><style>h1{color:red}</style>',
      ),
    );
    const rendered = pageOf(brand, new PosternError('EDGE_NOT_FOUND', { message: 'No <b>such</b> page $& {{code}}.' }));
    expect(rendered.body).toContain(
      '<p id="2e307eb6-d4ee-4e99-a288-3d21ae630ee5">No &lt;b&gt;such&lt;/b&gt; page $&amp; {{code}}.</p>',
    );
    expect(rendered.body).toContain('href="/.postern/start?x=1&amp;y=2"');
    expect(rendered.body).toMatch(/<\/script><\/body><\/html>$/);
    expect(policyOf(rendered)).toMatch(/style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; img-src data:;/);
  });

  test.each([
    [page('{{titel}}'), '{{titel}} is no placeholder'],
    [page('').replace('{{facts}}', '{{status}} {{time}}'), '{{activityId}} is missing'],
    [page('').replace(' lang="en"', ''), 'says no language'],
    [page('', ''), 'there is no <title>'],
    [page('\n<script>1</script>'), 'line 2 has a script'],
    [page('<p onclick="x()">'), 'event handler'],
    [page('<p style="color:red">'), 'style attribute'],
    [page('<img src="https://elsewhere.example/x.png">'), 'loads something from elsewhere'],
    [page('', '<title>x</title><style>@import "x.css"</style>'), 'loads something from elsewhere'],
    [page('<base href="https://elsewhere.example/">'), 'not allowed'],
    [page('<p id={{activityId}}>'), 'needs quotes'],
    [page('<p title="{{message}}">'), "can't stand in an attribute"],
    [page('<{{code}}>'), 'needs quotes'],
    [page('<!-- {{title}} -->'), 'a style or a comment'],
    [page('', '<title>x</title><style>h1:after{content:"{{title}}"}</style>'), 'a style or a comment'],
  ])('what would not be safe, or not shown, is refused at boot: %s', (text, reason) => {
    expect(() => load(text)).toThrow(reason);
  });

  test('what is no UTF-8 is refused', () => {
    expect(() => brandingOf({ errorTemplateFile: file('latin.html', Buffer.from([0x3c, 0xe4])) })).toThrow('not UTF-8');
  });
});
