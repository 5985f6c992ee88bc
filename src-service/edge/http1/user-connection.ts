import type { Socket } from 'node:net';
import { EDGE_LIMITS } from '../limits.ts';
import { type BodySource, RequestBody } from './request-body.ts';
import { isOrdinaryBeginning, readRequestHead } from './request-head.ts';
import { knownToNode } from './known-to-node.ts';
import { PlainRequest } from './user-request.ts';
import { keptOctets, readIntoShared } from './shared-reads.ts';
import { type ResponseOwner, UserResponseWriter } from './user-response.ts';

const HEAD_END = Buffer.from('\r\n\r\n');

/** What a connection asks of its listener. */
export interface ConnectionOwner {
  /** Whether no connection is to live on behind the answer under way. */
  readonly isDraining: boolean;
  /** Whether connections are read into memory that they share, where that can be. */
  readonly areReadsShared: boolean;
  /** Whether requests for this target go to node:http. */
  isLeftToNode(url: string): boolean;
  onRequest(request: PlainRequest, response: UserResponseWriter): void;
  /** The first whole head came. */
  onUsed(socket: Socket): void;
  /**
   * node:http goes on with the connection, whose unread octets are in the socket again.
   * @param method of the first request there, which node:http is told as another one (`knownToNode`); null where it knows it
   */
  onLeft(connection: UserConnection, socket: Socket, method: string | null): void;
  onClosed(connection: UserConnection): void;
}

/**
 * A user's connection of HTTP/1.1, one request after the other, for as long as they are ordinary (`readRequestHead`). With the
 * first that is not, the connection is node:http's, from the octets of that request on.
 */
export class UserConnection implements ResponseOwner, BodySource {
  readonly socket: Socket;
  readonly writesAtOnce: boolean;
  readonly #owner: ConnectionOwner;
  #isReleased = false;
  /** Looks of the listener that this one has been waiting through, for a request or for the rest of its head. */
  waits = 0;
  /** Whether it has had a request. */
  isUsed = false;
  /** Came and was not read yet. */
  #rest: Buffer | null = null;
  /** In how many pieces the beginning of a head came. */
  #pieces = 0;
  #response: UserResponseWriter | null = null;
  #body: RequestBody | null = null;
  /** Whether nobody reads the rest of the body. */
  #isBodyDropped = false;
  #mayGoOn = true;

  constructor(socket: Socket, owner: ConnectionOwner) {
    this.socket = socket;
    // OpenSSL stands between.
    this.writesAtOnce = !('encrypted' in socket);
    this.#owner = owner;
    const isShared =
      owner.areReadsShared && this.writesAtOnce && readIntoShared(socket, (octets) => this.#onLent(octets));
    if (!isShared) socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('drain', this.#onDrain);
    socket.on('error', this.#onError);
    socket.on('close', this.#onClose);
  }

  /** Whether no request is under way on it, nor the beginning of one there. */
  get isIdle(): boolean {
    return this.#response === null && this.#body === null && this.#rest === null;
  }

  /** Whether it waits for a request or for the rest of one: of a head, or of a body that nobody reads behind its answer. */
  get isWaiting(): boolean {
    return this.#response === null;
  }

  /** Whether its user keeps a request waiting: with the rest of a body that somebody wants, or by not taking a whole answer. */
  get isAwaited(): boolean {
    const body = this.#body;
    return this.#response?.isEnded === true || (body !== null && !body.isWhole && body.isWanted);
  }

  /** Whether the beginning of a head is there. */
  get isInHead(): boolean {
    return this.#response === null && this.#body === null && this.#rest !== null;
  }

  get mayGoOn(): boolean {
    return this.#mayGoOn && !this.#owner.isDraining;
  }

  /** Takes itself off the socket, which is somebody else's from now on. */
  release(): void {
    const { socket } = this;
    this.#isReleased = true;
    socket.off('data', this.#onData);
    socket.off('end', this.#onEnd);
    socket.off('drain', this.#onDrain);
    socket.off('error', this.#onError);
    socket.off('close', this.#onClose);
    this.#owner.onClosed(this);
  }

  onBodyWanted(): void {
    this.#feed();
  }

  onResponseOver(): void {
    const response = this.#response;
    this.#response = null;
    if (response?.isLast === true || this.#owner.isDraining) {
      this.#mayGoOn = false;
      this.socket.off('data', this.#onData);
      this.socket.destroySoon();
      return;
    }
    this.waits = 0;
    if (this.#body !== null && !this.#body.isWhole) {
      this.#isBodyDropped = true;
      this.#feed();
    } else {
      this.#body = null;
      this.#readNext();
    }
    if (this.socket.isPaused() && !this.#isFarAhead) this.socket.resume();
  }

  /** Whether so much came behind the request under way that no more is read for now. */
  get #isFarAhead(): boolean {
    return this.#response !== null && this.#rest !== null && this.#rest.length > EDGE_LIMITS.maxReadAheadBytes;
  }

  /** @returns whether more may be read */
  #onLent(octets: Buffer): boolean {
    if (this.#isReleased) return this.socket.push(Buffer.from(octets));
    // Behind the last response nothing is heard.
    if (this.#response !== null || this.#mayGoOn) this.#onData(octets);
    return true;
  }

  readonly #onData = (octets: Buffer): void => {
    const rest = this.#rest;
    if (this.isIdle) {
      this.#pieces = 0;
      this.#read(octets);
      return;
    }
    this.#rest = rest === null ? keptOctets(octets) : Buffer.concat([rest, octets]);
    if (this.#body !== null && !this.#body.isWhole) this.#feed();
    else if (this.#response === null) this.#read(this.#take());
    else if (this.#isFarAhead) this.socket.pause();
  };

  readonly #onEnd = (): void => {
    this.#mayGoOn = false;
    this.socket.end();
  };

  readonly #onDrain = (): void => {
    this.#response?.onDrain();
  };

  readonly #onError = (): void => {
    this.socket.destroy();
  };

  readonly #onClose = (): void => {
    this.#owner.onClosed(this);
    this.#mayGoOn = false;
    this.#rest = null;
    const body = this.#body;
    if (body !== null && !body.isWhole) body.destroy(new Error('The user went away.'));
    this.#body = null;
    const response = this.#response;
    this.#response = null;
    response?.onGone();
  };

  #take(): Buffer {
    const rest = this.#rest as Buffer;
    this.#rest = null;
    return rest;
  }

  /** Reads the head of the next request. Nothing is under way. */
  #read(octets: Buffer): void {
    if (!this.#mayGoOn) return;
    const headBytes = headBytesOf(octets);
    if (headBytes === 0) {
      this.#waitForHead(octets);
      return;
    }
    const head =
      headBytes > EDGE_LIMITS.maxOwnHeadBytes ? null : readRequestHead(octets.toString('latin1', 0, headBytes));
    if (head === null || this.#owner.isLeftToNode(head.url)) {
      this.#leave(octets);
      return;
    }
    if (headBytes < octets.length) this.#rest = keptOctets(octets.subarray(headBytes));
    if (!head.isKeptAlive) this.#mayGoOn = false;
    const { socket } = this;
    if (!this.isUsed) this.#owner.onUsed(socket);
    this.isUsed = true;
    const body = head.bodyBytes === 0 ? null : new RequestBody(head.bodyBytes, this);
    body?.on('error', () => undefined);
    this.#body = body;
    this.#isBodyDropped = false;
    const response = new UserResponseWriter(socket, this, head.method === 'HEAD');
    this.#response = response;
    this.#owner.onRequest(new PlainRequest(head, socket, body), response);
  }

  /** A head has begun. Only so many pieces of it are put together: node:http reads one octet after the other, where it must. */
  #waitForHead(octets: Buffer): void {
    const { maxOwnHeadBytes, maxHeadPieces } = EDGE_LIMITS;
    this.#pieces += 1;
    const isTooMuch = octets.length >= maxOwnHeadBytes || this.#pieces > maxHeadPieces;
    if (isTooMuch || !isOrdinaryBeginning(octets.toString('latin1'))) {
      this.#leave(octets);
      return;
    }
    // A copy: these few would keep all that came with them.
    this.#rest = Buffer.from(octets);
    if (this.#pieces === 1) this.waits = 0;
  }

  /** Hands what came of a body to whoever reads it. */
  #feed(): void {
    const body = this.#body;
    const rest = this.#rest;
    if (body === null || body.isWhole) return;
    if (rest === null) {
      if (this.socket.isPaused()) this.socket.resume();
      return;
    }
    if (!this.#isBodyDropped && !body.isWanted) {
      if (rest.length > EDGE_LIMITS.maxReadAheadBytes) this.socket.pause();
      return;
    }
    const taken = rest.length > body.leftBytes ? rest.subarray(0, body.leftBytes) : rest;
    this.#rest = taken.length === rest.length ? null : rest.subarray(taken.length);
    if (this.#isBodyDropped) {
      body.dismiss(taken.length);
      this.waits = 0;
    } else body.arrive(taken);
    if (!body.isWhole) {
      if (!this.#isBodyDropped && !body.isWanted) this.socket.pause();
      else if (this.socket.isPaused()) this.socket.resume();
      return;
    }
    if (this.#response !== null) return;
    this.#body = null;
    this.#readNext();
  }

  /** Reads what came behind the request before, once that is over: of two at once the answers would come in any order. */
  #readNext(): void {
    if (this.#response !== null || this.#body !== null || this.#rest === null) return;
    this.#pieces = 0;
    this.#read(this.#take());
  }

  #leave(octets: Buffer): void {
    const { socket } = this;
    socket.pause();
    this.release();
    const told = knownToNode(keptOctets(octets));
    socket.unshift(told.octets);
    this.#owner.onLeft(this, socket, told.method);
    socket.resume();
  }
}

/** Octets of the head that they begin with; 0 where its end is not there. What is pipelined behind it is not looked at. */
function headBytesOf(octets: Buffer): number {
  const found = octets.indexOf(HEAD_END);
  return found === -1 ? 0 : found + HEAD_END.length;
}
