import { test } from '@playwright/test';
import { closeParts, openParts } from './administrators/administrator-session.ts';
import { testConnectors } from './administrators/connector-tests.ts';
import { testFirstSignIn } from './administrators/first-sign-in-tests.ts';
import { testReader } from './administrators/reader-tests.ts';
import { testSessions } from './administrators/session-tests.ts';
import { testSignInAgain } from './administrators/sign-in-again-tests.ts';

/**
 * Administrators in the desktop app: other devices, further connectors, a sign-in that ends, sessions, readers. In one session, as an app and
 * its world take ten seconds to start; the tests build on each other.
 */
test.describe.configure({ mode: 'serial' });

test.beforeAll(openParts);
test.afterAll(closeParts);

testFirstSignIn();
testConnectors();
testSignInAgain();
testSessions();
testReader();
