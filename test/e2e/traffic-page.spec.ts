import { test } from '@playwright/test';
import { testColumns } from './traffic-page/column-tests.ts';
import { testCrash } from './traffic-page/crash-tests.ts';
import { testDiagnostics } from './traffic-page/diagnostics-tests.ts';
import { testOverview } from './traffic-page/overview-tests.ts';
import { closeParts, openParts } from './traffic-page/page-session.ts';
import { testRestart } from './traffic-page/restart-tests.ts';
import { testTraffic } from './traffic-page/traffic-tests.ts';
import { closeWiki } from './traffic-page/wiki.ts';

/**
 * “Traffic”, the overview and “Diagnostics” on the real parts, in one session: an app and its world take ten seconds to start. The
 * tests build on each other.
 */
test.describe.configure({ mode: 'serial' });

test.beforeAll(async () => {
  test.setTimeout(180_000);
  await openParts();
});

test.afterAll(async () => {
  closeWiki();
  await closeParts();
});

testTraffic();
testColumns();
testOverview();
testDiagnostics();
testRestart();
testCrash();
