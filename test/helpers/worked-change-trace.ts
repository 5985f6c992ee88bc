import { findApplicationProblem } from '../../src-main/connector/application-problem.ts';
import { ConfigurationReceiver } from '../../src-main/connector/configuration-receiver.ts';
import { HeldConfiguration } from '../../src-main/connector/held-configuration.ts';
import { ConfigurationFeed } from '../../src-service/relay/configuration-feed.ts';
import { ConfigurationSender } from '../../src-service/relay/configuration-sender.ts';
import { writeControlMessage } from '../../src-shared/mux/control-messages.ts';
import type { ConnectorApplication } from '../../src-shared/publishing/connector-configuration.ts';
import { configurationAcknowledgementSchema } from '../../src-shared/wire/control.ts';
import { FRAME_TYPES } from '../../src-shared/wire/frame.ts';
import { makeApplication } from './forwarder-client.ts';
import { makeFrame } from './make-frame.ts';
import type { TraceFrame } from './worked-trace.ts';

/** Both ends of a tunnel's configuration, each message handed over when the test says so. */
export class ChangePair {
  readonly feed: ConfigurationFeed;
  readonly held = new HeldConfiguration(findApplicationProblem);
  readonly frames: TraceFrame[] = [];
  sender: ConfigurationSender;
  receiver: ConfigurationReceiver;
  #version = 0;
  #waiting: unknown[] = [];

  constructor(applications: readonly ConnectorApplication[]) {
    this.feed = new ConfigurationFeed(this.#configuration(applications));
    this.receiver = new ConfigurationReceiver(this.held, () => true);
    this.sender = this.#makeSender();
  }

  /** Octets of all that the service has sent. */
  get sentBytes(): number {
    return this.frames.reduce((sum, { from, octets }) => sum + (from === 'opener' ? octets.length : 0), 0);
  }

  /** Another tunnel takes the place of this one: what is on its way is lost. */
  reconnect(): void {
    this.#waiting = [];
    this.receiver = new ConfigurationReceiver(this.held, () => true);
    this.sender = this.#makeSender();
    this.sender.publish(this.feed);
  }

  publish(applications: readonly ConnectorApplication[]): void {
    this.feed.update(this.#configuration(applications));
    this.sender.publish(this.feed);
  }

  /** Hands over what is on its way, and the answers, until nothing is. @returns whether something was */
  deliver(messages = Number.POSITIVE_INFINITY): boolean {
    let left = messages;
    for (; left > 0 && this.#waiting.length > 0; left -= 1) {
      const message = Buffer.from(JSON.stringify(this.#waiting.shift()));
      const answer = this.receiver.change(message);
      this.#note('acceptor', FRAME_TYPES.CONFIG_ACK, answer);
      this.sender.onAcknowledgement(configurationAcknowledgementSchema.parse(JSON.parse(JSON.stringify(answer))));
    }
    return left < messages;
  }

  #makeSender(): ConfigurationSender {
    return new ConfigurationSender({
      mux: {
        sendControl: (type, message) => {
          this.#note('opener', type, message);
          this.#waiting.push(message);
        },
      },
      connectorName: 'srv1',
      isDraining: false,
      knowsChanges: true,
      heldTag: this.held.tag,
    });
  }

  #configuration(applications: readonly ConnectorApplication[]) {
    this.#version += 1;
    return {
      version: this.#version,
      connectorName: '',
      connectorGroupName: 'Default',
      applications: [...applications],
      otherUrls: [],
    };
  }

  #note(from: TraceFrame['from'], type: number, message: unknown): void {
    writeControlMessage(type, message, (frameType, flags, streamId, payload) =>
      this.frames.push({ from, octets: makeFrame(frameType, streamId, payload, { flags }) }),
    );
  }
}

/** The changes that docs/tunnel-protocol.md shows: all, one changed and one gone, one that can't be taken, a base that is not there. */
export function recordWorkedChange(): readonly TraceFrame[] {
  const notes = makeApplication({ id: 'a1', displayName: 'Notes', internalUrl: 'http://notes.corp/' });
  const wiki = { ...notes, id: 'a2', displayName: 'Wiki', externalUrl: 'https://wiki.example.com/' };
  const pair = new ChangePair([notes, wiki]);
  pair.sender.publish(pair.feed);
  pair.deliver();
  pair.publish([{ ...notes, displayName: 'Notebook' }]);
  pair.deliver();
  pair.publish([{ ...notes, internalUrl: 'nonsense' }]);
  pair.deliver();
  pair.publish([notes]);
  // What the connector has is lost, as with another service between.
  pair.receiver = new ConfigurationReceiver(new HeldConfiguration(findApplicationProblem), () => true);
  pair.deliver();
  return pair.frames;
}
