import { expect, test } from 'vitest';
import { DEVICES } from '../../src-shared/publishing/read-device.ts';
import { CATALOGUES } from '../../src-shared/text/catalogues.ts';
import { deviceDisplayName } from '../../src-service/identity/device-display-name.ts';

test('what the window calls a device in English is its name at the service, by which sessions are found', () => {
  const userAgents = [
    '',
    'curl/8.7',
    'Something (Windows)',
    'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/604.1',
  ];
  const names = DEVICES.map((device) => CATALOGUES.en.sessions.device(device));
  for (const userAgent of userAgents) expect(names).toContain(deviceDisplayName(userAgent));
});

test('no two devices have the same name in a language', () => {
  for (const { sessions } of Object.values(CATALOGUES)) {
    expect(new Set(DEVICES.map((device) => sessions.device(device))).size).toBe(DEVICES.length);
  }
});
