import { test } from '@playwright/test';
import { testAllowList } from './settings-page/allow-list-tests.ts';
import { testMachine } from './settings-page/machine-tests.ts';
import { testProxy, testProxyInWizard } from './settings-page/proxy-tests.ts';
import { closeParts, openParts, restoreDialogs } from './settings-page/settings-session.ts';
import { testUpdates } from './settings-page/update-tests.ts';
import { testWindow } from './settings-page/window-tests.ts';

/** What the page “Settings” says of this machine, on the real parts. In one session; the tests build on each other. */
test.describe.configure({ mode: 'serial' });

test.beforeAll(async () => {
  test.setTimeout(180_000);
  await openParts();
});

test.afterEach(restoreDialogs);
test.afterAll(closeParts);

testProxyInWizard();
testAllowList();
testProxy();
testMachine();
testUpdates();
testWindow();
