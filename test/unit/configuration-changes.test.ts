import { expect, test } from 'vitest';
import { findApplicationProblem } from '../../src-main/connector/application-problem.ts';
import { ConfigurationReceiver } from '../../src-main/connector/configuration-receiver.ts';
import { HeldConfiguration } from '../../src-main/connector/held-configuration.ts';
import { ConfigurationFeed } from '../../src-service/relay/configuration-feed.ts';
import { ConfigurationSender } from '../../src-service/relay/configuration-sender.ts';
import { RELAY_LIMITS } from '../../src-service/relay/relay-limits.ts';
import type { ConnectorApplication } from '../../src-shared/publishing/connector-configuration.ts';
import { FRAME_TYPES, MAX_CONTROL_MESSAGE_BYTES } from '../../src-shared/wire/frame.ts';
import { makeApplication } from '../helpers/forwarder-client.ts';
import { ChangePair } from '../helpers/worked-change-trace.ts';

const octets = (message: unknown): Buffer => Buffer.from(JSON.stringify(message));
const namesOf = (held: HeldConfiguration): string[] =>
  (held.current?.applications ?? []).map(({ displayName }) => displayName).toSorted();

function application(index: number, change: Partial<ConnectorApplication> = {}): ConnectorApplication {
  const id = `application-${index}`;
  const externalUrl = `https://application-${index}.example.com/`;
  return makeApplication({ id, displayName: id, externalUrl, internalUrl: `http://backend-${index}.corp/`, ...change });
}

const many = (count: number): ConnectorApplication[] => Array.from({ length: count }, (_, index) => application(index));

test('B63 of ten thousand applications a change of one costs its own octets, and comes into force', () => {
  const applications = many(10_000);
  const pair = new ChangePair(applications);
  pair.sender.publish(pair.feed);
  pair.deliver();
  expect(pair.held.current?.applications).toHaveLength(10_000);
  const before = pair.sentBytes;
  pair.publish(applications.with(4711, application(4711, { displayName: 'Changed' })));
  pair.deliver();
  expect(pair.sentBytes - before).toBeLessThan(2048);
  expect(pair.held.current?.applications.find(({ id }) => id === 'application-4711')?.displayName).toBe('Changed');
  expect(pair.sender.state).toMatchObject({ version: 2, problem: null });
});

test('B63 a connector that comes back gets what it missed, and nothing twice', () => {
  const applications = many(1000);
  const pair = new ChangePair(applications);
  pair.sender.publish(pair.feed);
  pair.deliver();
  pair.feed.update({ ...pair.feed.current.configuration, version: 10, applications: applications.slice(1) });
  const before = pair.sentBytes;
  pair.reconnect();
  pair.deliver();
  expect(pair.held.current?.applications).toHaveLength(999);
  pair.reconnect();
  pair.deliver();
  expect(pair.sentBytes - before).toBeLessThan(1024);
});

test('B66 a connector hears that it is to run empty, and that it is not any more, as a change of nothing else', () => {
  const pair = new ChangePair(many(3));
  pair.sender.publish(pair.feed);
  pair.deliver();
  const { applications } = pair.held.current ?? {};
  pair.sender.setDraining(true);
  pair.deliver();
  expect(pair.held.isDraining).toBe(true);
  expect(pair.held.current?.applications).toBe(applications);
  pair.publish(many(2));
  pair.deliver();
  expect(pair.held.isDraining).toBe(true);
  pair.sender.setDraining(false);
  pair.deliver();
  expect(pair.held.isDraining).toBe(false);
});

test('B70 what a connector may not reach any more is told without a change, unless an answer is awaited that tells it', () => {
  const rejected = [{ id: 'application-1', reason: 'The allow-list does not name it.' }];
  const pair = new ChangePair(many(2));
  pair.sender.publish(pair.feed);
  pair.deliver();
  const { tag } = pair.feed.current;
  pair.sender.onReport({ tag: 'another', rejected, rejectedCount: 1 });
  expect(pair.sender.state.rejected).toEqual([]);
  pair.sender.onReport({ tag, rejected, rejectedCount: 1 });
  expect(pair.sender.state).toMatchObject({
    version: 1,
    problem: 'application-1: The allow-list does not name it.',
    rejected: [{ applicationId: 'application-1', displayName: 'application-1' }],
  });
  pair.publish(many(1));
  pair.sender.onReport({ tag, rejected, rejectedCount: 1 });
  pair.deliver();
  expect(pair.sender.state).toMatchObject({ version: 2, problem: null, rejected: [] });
});

test('B63 one that missed more than the service remembers gets everything', () => {
  const pair = new ChangePair(many(3));
  pair.sender.publish(pair.feed);
  pair.deliver();
  for (let round = 0; round <= RELAY_LIMITS.configurationSteps; round += 1) {
    const changed = [application(0, { displayName: `Round ${round}` }), application(1)];
    pair.feed.update({ ...pair.feed.current.configuration, version: round + 10, applications: changed });
  }
  pair.reconnect();
  pair.deliver();
  expect(namesOf(pair.held)).toEqual([`Round ${RELAY_LIMITS.configurationSteps}`, 'application-1']);
});

test('a large configuration comes in parts, none in force before the last, and later changes wait together', () => {
  const heavy = Array.from({ length: 100 }, (_, index) => application(index, { displayName: 'x'.repeat(60_000) }));
  const pair = new ChangePair(heavy);
  pair.sender.publish(pair.feed);
  pair.deliver(3);
  expect(pair.held.current).toBeNull();
  pair.publish([application(0), ...heavy.slice(1)]);
  pair.publish([application(0), application(1), ...heavy.slice(2)]);
  pair.deliver();
  expect(pair.held.current?.applications).toHaveLength(100);
  expect(namesOf(pair.held).filter((name) => name.length < 100)).toEqual(['application-0', 'application-1']);
  const changes = pair.frames.filter(({ from }) => from === 'acceptor').length;
  expect(changes).toBe(7);
});

test('a configuration with more octets than are allowed is refused, and what is in force stays', () => {
  const pair = new ChangePair([application(0)]);
  pair.sender.publish(pair.feed);
  pair.deliver();
  const part = (index: number, isLast: boolean): unknown => ({
    tag: 'endless',
    version: 2,
    part: index,
    isLast,
    connectorName: '',
    connectorGroupName: '',
    applications: Array.from({ length: 100 }, (_, at) => application(at, { displayName: 'x'.repeat(70_000) })),
  });
  const answers = Array.from({ length: 10 }, (_, index) => pair.receiver.change(octets(part(index, false))));
  expect(answers.filter(({ isAccepted }) => isAccepted)).toHaveLength(9);
  expect(answers.at(-1)?.reason).toContain('more octets than are allowed');
  expect(pair.receiver.change(octets(part(10, true))).reason).toContain('do not belong together');
  expect(namesOf(pair.held)).toEqual(['application-0']);
});

test('B63 of two tunnels the newest configuration wins; the older, and the same once more, change nothing', () => {
  const held = new HeldConfiguration(findApplicationProblem);
  const [one, two] = [1, 2].map(() => new ConfigurationReceiver(held, () => false));
  const change = (version: number, tag: string, base?: string): Buffer =>
    octets({
      ...(base !== undefined && { base }),
      tag,
      version,
      part: 0,
      isLast: true,
      connectorName: 'c',
      connectorGroupName: 'g',
      applications: [application(0, { displayName: tag })],
    });
  expect(one?.change(change(5, 'five'))).toMatchObject({ isAccepted: true, tag: 'five' });
  expect(two?.change(change(4, 'four'))).toMatchObject({ isAccepted: true, tag: 'five' });
  expect(two?.change(change(5, 'five'))).toMatchObject({ isAccepted: true, tag: 'five' });
  expect(two?.change(change(6, 'six', 'four'))).toMatchObject({ isAccepted: false, isBaseUnknown: true, tag: 'five' });
  expect(one?.change(change(6, 'six', 'five'))).toMatchObject({ isAccepted: true, tag: 'six' });
  expect(two?.change(change(5, 'late', 'six'))).toMatchObject({ isAccepted: true, tag: 'six' });
  expect(namesOf(held)).toEqual(['six']);
});

test('B63 a service that began to count anew is followed by the first tunnel that stands alone', () => {
  const pair = new ChangePair([application(0)]);
  pair.publish([application(0), application(1)]);
  pair.deliver();
  pair.feed.update({ ...pair.feed.current.configuration, version: 0, applications: [application(2)] });
  pair.reconnect();
  pair.deliver();
  expect(namesOf(pair.held)).toEqual(['application-2']);
  expect(pair.held.current?.version).toBe(0);
});

test('B63 a connector of before changes gets whole configurations, and says which application is bad', () => {
  const sent: unknown[] = [];
  const mux = { sendControl: (type: number, message: unknown) => sent.push([type, message]) };
  const sender = new ConfigurationSender({
    mux,
    connectorName: 'old',
    isDraining: false,
    knowsChanges: false,
    heldTag: null,
  });
  const feed = new ConfigurationFeed({
    version: 1,
    connectorName: '',
    connectorGroupName: 'Default',
    applications: many(2),
    otherUrls: [],
  });
  sender.publish(feed);
  sender.publish(feed);
  expect(sent).toEqual([
    [FRAME_TYPES.CONFIG, { ...feed.current.configuration, connectorName: 'old', applications: many(2) }],
  ]);
  sender.onAcknowledgement({ version: 1, isAccepted: true });
  feed.update({ ...feed.current.configuration, version: 2, applications: [application(0)] });
  sender.publish(feed);
  sender.onAcknowledgement({ version: 2, isAccepted: false, reason: 'It does not like it.' });
  expect(sender.state).toMatchObject({ version: 1, problem: 'It does not like it.' });

  const big = Array.from({ length: 150 }, (_, index) => application(index, { displayName: 'x'.repeat(65_000) }));
  feed.update({ ...feed.current.configuration, version: 3, applications: big });
  sender.publish(feed);
  expect(sent).toHaveLength(2);
  expect(sender.state.problem).toContain(`takes ${MAX_CONTROL_MESSAGE_BYTES / 1_048_576}: update it`);
});

test('what a whole configuration of an older service has that is bad costs that application alone', () => {
  const held = new HeldConfiguration(findApplicationProblem);
  const receiver = new ConfigurationReceiver(held, () => true);
  const whole = (version: number, applications: unknown[]): Buffer =>
    octets({ version, connectorName: 'c', connectorGroupName: 'g', applications });
  expect(receiver.whole(whole(1, many(2)))).toEqual({ version: 1, isAccepted: true });
  const answer = receiver.whole(whole(2, [application(0, { internalUrl: '' }), application(1), application(2)]));
  expect(answer).toMatchObject({ version: 2, isAccepted: false, reason: expect.stringContaining('internalUrl') });
  expect(namesOf(held)).toEqual(['application-0', 'application-1', 'application-2']);
  expect(receiver.whole(whole(3, many(1)))).toEqual({ version: 3, isAccepted: true });
  expect(receiver.whole(Buffer.from('{"version":4'))).toMatchObject({ isAccepted: false });
});
