import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Browser, type Page, expect, test } from '@playwright/test';
import { type StartedEdge, startEdge } from '../helpers/start-edge.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';
import { expectAccessible } from './accessibility.ts';
import { launchBrowser, signInAs } from './browser.ts';
import { keepScreenshot } from './screenshots.ts';

const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" rx="8" fill="#0b7a5b"/></svg>';
const TEMPLATE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{status}} {{title}}</title>
<style>body{font:20px serif;background:#fff;color:#111}h1{color:rgb(0, 100, 0)}</style></head>
<body><main><h1>{{title}}</h1><p>{{message}}</p>{{facts}}</main></body></html>`;

let browser: Browser;
let provider: StartedProvider;

test.beforeAll(async () => {
  [browser, provider] = await Promise.all([launchBrowser(), startProvider()]);
});
test.afterAll(async () => {
  await browser.close();
  await provider.close();
});

/** What pages did that their policy forbids. */
const violations: string[] = [];
test.afterEach(() => {
  expect(violations.splice(0)).toEqual([]);
});

async function open(url: string, colorScheme: 'light' | 'dark'): Promise<Page> {
  const context = await browser.newContext({ colorScheme, permissions: ['clipboard-read', 'clipboard-write'] });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) violations.push(message.text());
  });
  await page.goto(url);
  return page;
}

async function withEdge(
  configuration: NonNullable<Parameters<typeof startEdge>[0]['configuration']>,
  use: (edge: StartedEdge) => Promise<void>,
): Promise<void> {
  const edge = await startEdge({ provider, configuration });
  try {
    await use(edge);
  } finally {
    await edge.close();
  }
}

test('B45 B8 error pages are accessible in light and dark, keep their policy, and copy their id', async () => {
  await withEdge({}, async (edge) => {
    const passthru = { externalAuthenticationType: 'passthru' as const };
    const pages = {
      'no-connector': [await edge.publish('alone.postern.localhost', { publishing: passthru }), 504],
      maintenance: [
        await edge.publish('closed.postern.localhost', { publishing: { isOnPremPublishingEnabled: false } }),
        503,
      ],
      'not-found': [`http://nothing.postern.localhost:${edge.port}/`, 404],
    } as const;
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const [name, [url, status]] of Object.entries(pages)) {
        const page = await open(url, colorScheme);
        await expect(page.getByText(new RegExp(`^${status} `)).first()).toBeVisible();
        if (name === 'no-connector') await expectAccessible(page, colorScheme);
        await keepScreenshot(page, `error-${name}-${colorScheme}`);
        await page.context().close();
      }
    }
    const page = await open(pages['no-connector'][0], 'light');
    // The clipboard is for secure pages, which a host below localhost is.
    await page.getByRole('button', { name: 'Copy' }).click();
    await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
    const copied = await page.evaluate('navigator.clipboard.readText()');
    await expect(page.locator('code')).toHaveText(String(copied));
    await page.context().close();
  });
});

test('B45 B17 the page for people who are not assigned, in the colours of the operator', async () => {
  const logoFile = path.join(test.info().outputDir, 'logo.svg');
  keepFile(logoFile, LOGO);
  const branding = {
    displayName: 'Contoso',
    logoFile,
    accentColor: '#0b7a5b',
    accentColorDark: '#5fd3ae',
    helpText: 'The service desk helps from 8 to 18 h.',
    contact: { email: 'help@contoso.example', phone: '+41 44 123 45 67' },
  };
  await withEdge({ branding }, async (edge) => {
    const url = await edge.publish('books.postern.localhost');
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await open(url, colorScheme);
      await signInAs(page, provider, 'bob');
      await expect(page.getByRole('heading', { name: 'You do not have access' })).toBeVisible();
      await expect(page.getByRole('img', { name: 'Contoso' })).toBeVisible();
      await expect(page.getByRole('link', { name: 'help@contoso.example' })).toBeVisible();
      await expectAccessible(page, colorScheme);
      await keepScreenshot(page, `error-branded-${colorScheme}`);
      await page.context().close();
    }
  });
});

test("B45 an operator's own page stands in for ours, its style within the policy", async () => {
  const errorTemplateFile = path.join(test.info().outputDir, 'error.html');
  keepFile(errorTemplateFile, TEMPLATE);
  await withEdge({ branding: { errorTemplateFile } }, async (edge) => {
    const page = await open(`http://nothing.postern.localhost:${edge.port}/`, 'light');
    const heading = page.getByRole('heading', { name: 'Nothing is published here' });
    await expect(heading).toHaveCSS('color', 'rgb(0, 100, 0)');
    await expect(page.getByRole('button', { name: 'Copy' })).toBeVisible();
    await expectAccessible(page, 'template');
    await page.context().close();
  });
});

function keepFile(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}
