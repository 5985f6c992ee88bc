import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { CALLS } from '../../src-shared/ipc/contract.ts';
import { type Desktop, launchDesktop } from './desktop.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let desktop: Desktop;
let userDataFolder: string;

test.beforeAll(async () => {
  world = await startWorld();
  userDataFolder = world.makeFolder('desktop');
  desktop = await launchDesktop({ userDataFolder, serviceUrl: world.serviceUrl });
});

test.afterAll(async () => {
  await desktop?.quit();
  await world?.[Symbol.asyncDispose]();
});

test('the window is isolated, sandboxed and has no Node', async () => {
  const names = await desktop.page.evaluate(() =>
    ['require', 'process', 'module', 'Buffer'].filter((name) => name in globalThis),
  );
  expect(names).toEqual([]);
  const preferences = await desktop.app.evaluate(({ webContents }) => {
    // Electron has it, its types don't.
    type WithPreferences = { getLastWebPreferences(): Record<string, boolean> };
    const [contents] = webContents.getAllWebContents() as unknown as WithPreferences[];
    const { contextIsolation, sandbox, nodeIntegration, webSecurity } = contents?.getLastWebPreferences() ?? {};
    return { contextIsolation, sandbox, nodeIntegration, webSecurity };
  });
  expect(preferences).toEqual({ contextIsolation: true, sandbox: true, nodeIntegration: false, webSecurity: true });
});

test('the bridge has fixed functions and no way to name a channel', async () => {
  const bridge = await desktop.page.evaluate(() => {
    const { postern } = window as unknown as { postern: Record<string, unknown> };
    return {
      kinds: [...new Set(Object.values(postern).map((value) => typeof value))],
      isFrozen: !Reflect.set(postern, 'send', 1),
    };
  });
  expect(bridge).toEqual({ kinds: ['function'], isFrozen: true });
});

test('the policy forbids foreign and inline scripts, and code made from text', async () => {
  const { page } = desktop;
  const policy = await page.evaluate(async () => (await fetch(location.href)).headers.get('content-security-policy'));
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self'");
  const outcome = await page.evaluate(async () => {
    const script = document.createElement('script');
    try {
      script.text = 'globalThis.hasRunInline = true';
      document.head.append(script);
    } catch {
      // Trusted Types refuse the text at once.
    }
    let hasEvaluated = true;
    // A test's own script may evaluate; what a timer runs is the page's.
    await new Promise((resolve) => setTimeout(resolve));
    try {
      // oxlint-disable-next-line no-implied-eval -- this is what must fail
      new Function('return 1')();
    } catch {
      hasEvaluated = false;
    }
    return { hasRunInline: 'hasRunInline' in globalThis, hasEvaluated };
  });
  expect(outcome).toEqual({ hasRunInline: false, hasEvaluated: false });
  const hasFetched = await page.evaluate(async (url) => {
    try {
      await fetch(url, { mode: 'no-cors' });
      return true;
    } catch {
      return false;
    }
  }, world.serviceUrl);
  expect(hasFetched).toBe(false);
});

test('navigation, new windows and permissions are denied', async () => {
  const { page, app } = desktop;
  const before = page.url();
  await page.evaluate((url) => {
    location.href = url;
  }, world.serviceUrl);
  expect(await page.evaluate(() => window.open('https://example.com') === null)).toBe(true);
  expect(await page.evaluate(() => Notification.requestPermission())).toBe('denied');
  const devices = await page.evaluate(async () => {
    const outcome = async (asked: () => unknown): Promise<string> => {
      try {
        return String(await asked());
      } catch (error) {
        return (error as Error).name;
      }
    };
    const anyNavigator = navigator as unknown as Record<string, Record<string, (options?: object) => unknown>>;
    const place = (): Promise<unknown> =>
      new Promise((resolve) => navigator.geolocation.getCurrentPosition(resolve, ({ code }) => resolve(code)));
    return {
      screen: await outcome(() => navigator.mediaDevices.getDisplayMedia()),
      place: await outcome(place),
      clipboard: await outcome(() => navigator.clipboard.readText()),
      midi: await outcome(() => navigator.requestMIDIAccess()),
      usb: await outcome(() => anyNavigator['usb']?.['requestDevice']?.({ filters: [] })),
      serial: await outcome(() => anyNavigator['serial']?.['requestPort']?.()),
      hid: await outcome(async () => JSON.stringify(await anyNavigator['hid']?.['requestDevice']?.({ filters: [] }))),
    };
  });
  const [denied, nothing] = ['NotAllowedError', 'NotFoundError'];
  expect(devices).toEqual({
    screen: denied,
    // PERMISSION_DENIED of GeolocationPositionError.
    place: '1',
    clipboard: denied,
    midi: denied,
    usb: nothing,
    serial: nothing,
    hid: '[]',
  });
  expect(page.url()).toBe(before);
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
});

test('neither a file, a view of another site, a frame nor what is dropped on the window takes its place', async () => {
  const { page, app } = desktop;
  const before = page.url();
  const addresses = ['file:///etc/passwd', 'data:text/html,x', 'javascript:document.title="x"', `${world.serviceUrl}/`];
  for (const address of addresses) {
    await page.evaluate((url) => {
      const link = document.createElement('a');
      link.href = url;
      document.body.append(link);
      link.click();
      link.remove();
    }, address);
  }
  const shown = await page.evaluate(async (url) => {
    const view = document.createElement('webview');
    view.setAttribute('src', url);
    const frame = document.createElement('iframe');
    frame.src = url;
    document.body.append(view, frame);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const found = { hasView: 'getWebContentsId' in view, frameUrl: frame.contentDocument?.URL ?? null };
    view.remove();
    frame.remove();
    return found;
  }, world.serviceUrl);
  expect(shown.hasView).toBe(false);
  const devTools = await page.context().newCDPSession(page);
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    const items = [{ mimeType: 'text/uri-list', data: world.serviceUrl }];
    const data = { items, files: ['/etc/passwd'], dragOperationsMask: 1 };
    await devTools.send('Input.dispatchDragEvent', { type, x: 300, y: 300, data });
  }
  await devTools.detach();
  await page.evaluate((url) => {
    const data = new DataTransfer();
    data.setData('text/uri-list', url);
    data.items.add(new File(['<script>1</script>'], 'page.html', { type: 'text/html' }));
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
  }, world.serviceUrl);
  expect(page.url()).toBe(before);
  expect(await page.title()).not.toBe('x');
  expect(
    await app.evaluate(({ webContents }) => webContents.getAllWebContents().map((contents) => contents.getURL())),
  ).toEqual([before]);
});

test('arguments of megabytes are refused, and the app goes on', async () => {
  const code = await desktop.page.evaluate(async () => {
    const { postern } = window as unknown as {
      postern: Record<string, (argument: unknown) => Promise<{ ok: boolean; error?: { code: string } }>>;
    };
    const answer = await postern['probeService']?.({ url: 'https://'.padEnd(30_000_000, 'x') });
    return answer?.error?.code;
  });
  expect(code).toMatch(/INVALID/);
  expect(await desktop.page.evaluate(() => document.title)).toBe('Postern');
});

test('what the app keeps can be read by this account alone', async () => {
  const kept = readdirSync(userDataFolder).filter((name) =>
    /^(?:settings\.json|vault|logs|traffic\.sqlite.*)$/.test(name),
  );
  expect(kept).toEqual(expect.arrayContaining(['logs', 'traffic.sqlite']));
  const open = kept.filter((name) => (statSync(path.join(userDataFolder, name)).mode & 0o077) !== 0);
  expect(open).toEqual([]);
});

test('only https, and http on this machine, go to the system browser', async () => {
  const { page, app } = desktop;
  const open = (url: string) =>
    page.evaluate(async (address) => {
      const { postern } = window as unknown as {
        postern: { openExternal(argument: unknown): Promise<{ ok: boolean }> };
      };
      return (await postern.openExternal({ url: address })).ok;
    }, url);
  const refused = [
    'file:///etc/passwd',
    'http://example.com/',
    'javascript:alert(1)',
    'https://user:pass@example.com/',
    'ms-msdt:/id',
  ];
  for (const url of refused) expect(await open(url), url).toBe(false);
  const allowed = ['https://example.com/', 'http://intranet.postern.localhost:8080/', 'http://127.0.0.1:1/'];
  for (const url of allowed) expect(await open(url), url).toBe(true);
  expect(await app.evaluate(() => globalThis.posternTestSeam?.openedUrls.splice(0))).toEqual(allowed);
});

test('every call of the contract refuses bad arguments, whatever they are', async () => {
  const names = Object.keys(CALLS);
  const answers = await desktop.page.evaluate(async (calls) => {
    const { postern } = window as unknown as {
      postern: Record<string, (argument: unknown) => Promise<{ ok: boolean; error?: { code: string } }>>;
    };
    const bad: readonly unknown[] = [
      { unexpected: [1] },
      'text',
      7,
      null,
      [],
      { ['__proto__']: { url: 'x' }, constructor: 1 },
    ];
    const asked = calls.flatMap((name) => bad.map((argument, index) => [name, index, argument] as const));
    return Promise.all(
      asked.map(async ([name, index, argument]) => {
        const answer = await postern[name]?.(argument);
        return `${name} ${index}: ${answer?.ok === false ? answer.error?.code : 'taken'}`;
      }),
    );
  }, names);
  expect(answers.length).toBeGreaterThan(300);
  expect(answers.filter((answer) => !answer.endsWith(': API_INVALID'))).toEqual([]);
});

test('the bridge has the calls of the contract, and no other', async () => {
  const names = await desktop.page.evaluate(() => Object.keys((window as unknown as { postern: object }).postern));
  expect(names.filter((name) => !/^on[A-Z]/.test(name)).toSorted()).toEqual(Object.keys(CALLS).toSorted());
});

test('a window that is not ours may not make a single call, not even with our own page in it', async () => {
  const answers = await desktop.app.evaluate(async ({ BrowserWindow, app }) => {
    const stranger = new BrowserWindow({
      show: false,
      webPreferences: {
        preload: `${app.getAppPath()}/dist/desktop/preload/preload.cjs`,
        contextIsolation: true,
        sandbox: true,
      },
    });
    const answers: string[] = [];
    for (const address of ['data:text/html,stranger', 'app://ui/']) {
      await stranger.loadURL(address);
      // With the page's own origin, and arguments that are none: who asks is looked at first.
      const asked: string[] = await stranger.webContents.executeJavaScript(`Promise.all(
        Object.entries(window.postern).filter(([name]) => !/^on[A-Z]/.test(name))
          .map(async ([name, call]) => name + ' ' + (await call({})).error?.code))`);
      answers.push(...asked);
    }
    stranger.destroy();
    return answers;
  });
  expect(answers.length).toBe(2 * Object.keys(CALLS).length);
  expect(answers.filter((answer) => !answer.endsWith(' API_FORBIDDEN'))).toEqual([]);
});

test('closing hides the window and keeps the app; a second start brings it back', async () => {
  const isVisible = () =>
    desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible() ?? false);
  await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await expect.poll(isVisible).toBe(false);
  await desktop.app.evaluate(({ app }) => app.emit('second-instance'));
  await expect.poll(isVisible).toBe(true);
});
