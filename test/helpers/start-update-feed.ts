import { createHash, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import { releaseFileName } from '../../src-main/app/updates/release.ts';
import { signRelease } from '../../src-main/app/updates/release-signature.ts';

export interface PublishedUpdate {
  readonly version: string;
  readonly bytes?: number;
  readonly notes?: string;
  /** Another than the publisher's. */
  readonly privateKey?: KeyObject;
  /** Of the file on the server, after it was signed for. */
  readonly isDamaged?: boolean;
  readonly ending?: string;
  /** In the place of random bytes. */
  readonly content?: Buffer;
  /** Of Windows' installer. */
  readonly isAdminRightsRequired?: boolean;
  /** Names of further files, described before that of this machine. */
  readonly others?: readonly string[];
}

/** A real feed of updates on loopback, and its publisher. */
export interface UpdateFeed {
  /** The folder, with a slash at the end. */
  readonly url: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  /** What a package of this publisher has in its `package.json`. */
  readonly packageMetadata: object;
  /** Paths that were asked for, oldest first. */
  readonly asked: readonly string[];
  publish(update: PublishedUpdate): void;
  /** Puts a text in the place of the description, as it is. */
  describe(text: string): void;
  /** Answers what is asked for by that name, until something is published. */
  answer(name: string, send: (response: ServerResponse) => void): void;
  /** Sends the half of a file alone, until it is let go. */
  hold(): void;
  letGo(): void;
  close(): Promise<void>;
}

/** @param publisher whose keys it has, where it is not the only feed of theirs */
export async function startUpdateFeed(
  publisher: Pick<UpdateFeed, 'publicKey' | 'privateKey'> = generateKeyPairSync('ed25519'),
): Promise<UpdateFeed> {
  const { publicKey, privateKey } = publisher;
  const name = releaseFileName(process.platform, process.arch);
  const files = new Map<string, Buffer>();
  const answers = new Map<string, (response: ServerResponse) => void>();
  const asked: string[] = [];
  const held: (() => void)[] = [];
  let isHolding = false;
  const send = (response: ServerResponse, content: Buffer): void => {
    response.writeHead(200, { 'content-length': content.byteLength });
    if (!isHolding || content.byteLength < 1024) {
      response.end(content);
      return;
    }
    const half = content.byteLength >> 1;
    response.write(content.subarray(0, half));
    held.push(() => response.end(content.subarray(half)));
  };
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('/').at(-1) ?? '';
    asked.push(path);
    const content = files.get(path);
    const answer = answers.get(path);
    if (answer !== undefined) answer(response);
    else if (content === undefined) response.writeHead(404).end();
    else send(response, content);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/updates/`;
  return {
    url,
    publicKey,
    privateKey,
    asked,
    packageMetadata: {
      postern: {
        feedUrl: url,
        publisherKeys: [publicKey.export({ type: 'spki', format: 'der' }).toString('base64')],
        isForTests: true,
      },
    },
    publish: (update) => {
      const { version, bytes = 4096, notes = '', isDamaged = false, ending = 'deb', others = [] } = update;
      const file = `postern_${version}_amd64.${ending}`;
      const content = update.content ?? randomBytes(bytes);
      const lines = [
        `version: ${version}`,
        'files:',
        ...others.flatMap((other) => describeFile(other, Buffer.from(other))),
        ...describeFile(file, content),
        ...(update.isAdminRightsRequired === true ? ['    isAdminRightsRequired: true'] : []),
        `path: ${file}`,
        `releaseDate: '2026-11-20T08:00:00.000Z'`,
        `releaseNotes: ${JSON.stringify(notes)}`,
      ];
      if (isDamaged) content[content.byteLength - 1] = (content.at(-1) ?? 0) ^ 1;
      answers.clear();
      files.set(file, content);
      files.set(name, Buffer.from(signRelease(`${lines.join('\n')}\n`, name, update.privateKey ?? privateKey)));
    },
    describe: (text) => void files.set(name, Buffer.from(text)),
    answer: (file, send) => void answers.set(file, send),
    hold: () => {
      isHolding = true;
    },
    letGo: () => {
      isHolding = false;
      for (const finish of held.splice(0)) finish();
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function describeFile(name: string, content: Buffer): readonly string[] {
  const sha512 = createHash('sha512').update(content).digest('base64');
  return [`  - url: ${name}`, `    sha512: ${sha512}`, `    size: ${content.byteLength}`];
}
