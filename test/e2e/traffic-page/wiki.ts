import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from '@playwright/test';
import type { PosternBridge } from '../../../src-shared/ipc/contract.ts';
import { desktop, externalUrl } from './page-session.ts';

/** Published, but nobody listens behind it until its server is told to. */
export let wiki: { readonly externalUrl: string; readonly server: Server; readonly port: number };

export async function publishWiki(): Promise<void> {
  const server = createServer((_request, response) => response.end('Wiki'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const address = new URL(externalUrl.replace('intranet', 'wiki')).href;
  const code = await desktop.page.evaluate(
    async ([external, internal]) => {
      const { postern } = window as unknown as { postern: PosternBridge };
      const people = await postern.searchPeople({ text: 'Alice' });
      const onPremisesPublishing = { externalUrl: external, internalUrl: internal, allowIpHosts: true };
      const application = { displayName: 'Wiki', onPremisesPublishing };
      const made = await postern.createApplication({ application, people: people.ok ? [...people.value] : [] });
      return made.ok ? null : made.error.message;
    },
    [address, `http://127.0.0.1:${port}/`] as const,
  );
  expect(code).toBeNull();
  await expect.poll(async () => (await desktop.tray())?.tooltip).toContain('2 applications');
  wiki = { externalUrl: address, server, port };
}

export function closeWiki(): void {
  wiki?.server.closeAllConnections();
  wiki?.server.close();
}
