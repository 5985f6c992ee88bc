import { type Browser, expect, type Page, test } from '@playwright/test';
import { makeApiClient } from '../helpers/api-client.ts';
import { startConnector } from '../helpers/start-connector.ts';
import { startLinkSite } from '../helpers/start-link-site.ts';
import { startProvider } from '../helpers/start-provider.ts';
import { startService } from '../helpers/start-service.ts';
import { launchBrowser } from './browser.ts';
import { keepScreenshot } from './screenshots.ts';

const LINKS = 10_000;
const VIEWPORT = { width: 1020, height: 900 };

test('B37 B38 a page with 10,000 links keeps its look, and its links lead to where users can go', async () => {
  await using world = await startWorld();
  const { browser, site, crm, hr } = world;

  const direct = await browser.newPage({ viewport: VIEWPORT });
  await direct.goto(`${site}crm/`, { waitUntil: 'networkidle' });
  await keepScreenshot(direct, 'links-direct');
  const through = await browser.newPage({ viewport: VIEWPORT });
  const asked: string[] = [];
  through.on('request', (request) => asked.push(request.url()));
  await through.goto(crm, { waitUntil: 'networkidle' });
  await keepScreenshot(through, 'links-through-postern');

  // All that makes up the look came by the service; the browser could have reached the site inside just as well.
  expect(asked.filter((url) => !url.startsWith(crm) && !url.startsWith(hr))).toEqual([]);
  expect(asked.length).toBeGreaterThanOrEqual(15);
  const pictures = [await direct.screenshot(), await through.screenshot()] as const;
  expect(await countDifferentPixels(direct, pictures)).toBe(0);

  const inside = await linksOf(direct);
  expect(inside).toHaveLength(LINKS);
  const expected = inside.map((url) => url.replace(`${site}crm/`, crm).replace(`${site}hr/`, hr));
  expect(await linksOf(through)).toEqual(expected);
  for (const kind of [0, 5, 8]) {
    await through.goto(crm);
    await through.locator(`.k${kind}`).nth(500).click();
    const number = 5000 + kind;
    await expect(through.locator('body')).toHaveText(
      kind === 5 || kind === 6 ? `hr person/${number}` : `crm item/${number}`,
    );
  }
});

interface World extends AsyncDisposable {
  readonly browser: Browser;
  /** Where the site is inside, and where its two folders are published; all end in `/`. */
  readonly site: string;
  readonly crm: string;
  readonly hr: string;
}

async function startWorld(): Promise<World> {
  await using started = new AsyncDisposableStack();
  const site = await startLinkSite();
  started.defer(() => site.close());
  const provider = await startProvider();
  started.defer(() => provider.close());
  const service = await startService({ provider });
  started.defer(() => service.close());
  const token = await provider.automationToken();
  const connector = await startConnector({
    serviceUrl: service.url,
    authorization: { kind: 'administrator', accessToken: token },
  });
  started.defer(() => connector.close());
  const api = makeApiClient(service.apiBaseUrl, token);
  for (const name of ['crm', 'hr']) {
    const answer = await api('POST', '/applications', {
      displayName: name,
      onPremisesPublishing: {
        externalUrl: service.externalUrl(name),
        internalUrl: `${site.url}${name}/`,
        externalAuthenticationType: 'passthru',
        isTranslateLinksInBodyEnabled: true,
      },
    });
    expect(answer.status).toBe(201);
  }
  const browser = await launchBrowser();
  started.defer(() => browser.close());
  const resources = started.move();
  return {
    browser,
    site: site.url,
    crm: service.externalUrl('crm'),
    hr: service.externalUrl('hr'),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

function linksOf(page: Page): Promise<string[]> {
  return page.evaluate(() => Array.from(document.links, ({ href }) => href));
}

/** Has the browser decode two pictures of one size and compare them; -1 where their sizes differ. */
function countDifferentPixels(page: Page, pictures: readonly [Buffer, Buffer]): Promise<number> {
  return page.evaluate(
    async (encoded) => {
      const decoded = await Promise.all(
        encoded.map(async (text) => {
          const image = new Image();
          image.src = `data:image/png;base64,${text}`;
          await image.decode();
          const canvas = new OffscreenCanvas(image.width, image.height);
          const context = canvas.getContext('2d');
          context?.drawImage(image, 0, 0);
          return context?.getImageData(0, 0, image.width, image.height);
        }),
      );
      const [left, right] = decoded;
      if (left === undefined || right === undefined || left.data.length !== right.data.length) return -1;
      let count = 0;
      for (let index = 0; index < left.data.length; index += 4) {
        const isSame = [0, 1, 2, 3].every((part) => left.data[index + part] === right.data[index + part]);
        if (!isSame) count += 1;
      }
      return count;
    },
    pictures.map((picture) => picture.toString('base64')),
  );
}
