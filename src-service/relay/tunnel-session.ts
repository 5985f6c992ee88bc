import { errorDefinition, type WireErrorCode } from '../../src-shared/errors/registry.ts';
import type { Hello } from '../../src-shared/wire/control.ts';
import { FRAME_TYPES } from '../../src-shared/wire/frame.ts';
import type { Mux } from '../../src-shared/mux/mux.ts';
import type { ConnectorConfiguration } from '../../src-shared/publishing/connector-configuration.ts';
import type { AdmittedConnector } from './relay-types.ts';

/** A tunnel whose connector has proven who it is. */
export class TunnelSession {
  readonly mux: Mux;
  readonly connector: AdmittedConnector;
  readonly hello: Hello;
  readonly remoteAddress: string;
  /** Changes when the connector is moved to another group. */
  connectorGroupId: string;
  acceptedConfigurationVersion: number | null = null;
  configurationProblem: string | null = null;
  #isDraining = false;

  constructor(mux: Mux, connector: AdmittedConnector, hello: Hello, remoteAddress: string) {
    this.mux = mux;
    this.connector = connector;
    this.connectorGroupId = connector.connectorGroupId;
    this.hello = hello;
    this.remoteAddress = remoteAddress;
  }

  /** Whether new requests may go here. */
  get isUsable(): boolean {
    return !this.#isDraining && this.mux.canOpen;
  }

  publish(configuration: ConnectorConfiguration): void {
    this.mux.sendControl(FRAME_TYPES.CONFIG, { ...configuration, connectorName: this.connector.displayName });
  }

  /** No new requests from now on; what runs may finish. */
  drain(): void {
    this.#isDraining = true;
  }

  /** Tells the connector why and takes no new requests; the tunnel stays for what runs. */
  goAway(code: WireErrorCode): void {
    const definition = errorDefinition(code);
    this.drain();
    this.mux.sendControl(FRAME_TYPES.GOAWAY, { code: definition.wire, message: definition.summary });
  }
}
