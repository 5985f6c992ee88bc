import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findApplicationProblem } from '../../src-main/connector/application-problem.ts';
import { ConfigurationReceiver } from '../../src-main/connector/configuration-receiver.ts';
import { HeldConfiguration } from '../../src-main/connector/held-configuration.ts';
import { configurationAcknowledgementSchema } from '../../src-shared/wire/control.ts';
import { makeApplication } from '../helpers/forwarder-client.ts';
import { ChangePair } from '../helpers/worked-change-trace.ts';

const NAMES = ['a', 'b', 'c', 'd'];

test('any octets as a CONFIG or a CONFIG_CHANGE are answered with what the service can read', () => {
  const change = fc.record(
    {
      base: fc.constantFrom('x', 'y'),
      tag: fc.constantFrom('x', 'y', 'z'),
      version: fc.nat({ max: 3 }),
      part: fc.nat({ max: 2 }),
      isLast: fc.boolean(),
      connectorName: fc.string(),
      connectorGroupName: fc.string(),
      applications: fc.array(fc.record({ id: fc.constantFrom(...NAMES), internalUrl: fc.jsonValue() })),
      removedApplications: fc.array(fc.constantFrom(...NAMES)),
      otherUrls: fc.array(fc.record({ externalUrl: fc.string(), internalUrl: fc.string() })),
    },
    { requiredKeys: ['tag', 'version', 'part', 'isLast', 'connectorName', 'connectorGroupName'] },
  );
  const payload = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value))),
    change.map((value) => Buffer.from(JSON.stringify(value))),
  );
  fc.assert(
    fc.property(fc.array(payload, { maxLength: 12 }), fc.boolean(), (payloads, isAlone) => {
      const receiver = new ConfigurationReceiver(new HeldConfiguration(findApplicationProblem), () => isAlone);
      for (const each of payloads) {
        for (const answer of [receiver.change(each), receiver.whole(each)]) {
          expect(configurationAcknowledgementSchema.parse(JSON.parse(JSON.stringify(answer)))).toEqual(answer);
        }
      }
    }),
    { numRuns: 1500 },
  );
});

test('B63 whatever changes, is lost and comes late: once all has arrived the connector has what the service has', () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('publish' as const),
      applications: fc.array(fc.tuple(fc.constantFrom(...NAMES), fc.nat({ max: 3 })), { maxLength: 4 }),
    }),
    fc.record({ kind: fc.constant('deliver' as const), messages: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ kind: fc.constantFrom('reconnect' as const, 'forget' as const) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const make = (list: readonly (readonly [string, number])[]) =>
        [...new Map(list)].map(([id, revision]) =>
          makeApplication({
            id,
            displayName: `${id}${revision}`,
            externalUrl: `https://${id}.example.com/`,
            internalUrl: `http://${id}.corp/`,
          }),
        );
      const pair = new ChangePair([]);
      pair.sender.publish(pair.feed);
      for (const next of steps) {
        if (next.kind === 'publish') pair.publish(make(next.applications));
        else if (next.kind === 'deliver') pair.deliver(next.messages);
        else if (next.kind === 'reconnect') pair.reconnect();
        else pair.receiver = new ConfigurationReceiver(pair.held, () => false);
      }
      pair.deliver();
      const wanted = pair.feed.current.configuration.applications.map(({ displayName }) => displayName);
      const inForce = (pair.held.current?.applications ?? []).map(({ displayName }) => displayName);
      expect(inForce.toSorted()).toEqual(wanted.toSorted());
      expect(pair.held.tag).toBe(pair.feed.current.tag);
    }),
    { numRuns: 1000 },
  );
});
