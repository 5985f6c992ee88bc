import { ntlmMessage } from './start-ntlm-backend.ts';
import { RawTlsClient } from './raw-tls-client.ts';

const ANSWER = /^HTTP\/1\.1 (\d+)[^]*?^content-length: (\d+)[^]*?\r\n\r\n/im;
const PATIENCE_MS = 20_000;

export interface UserAnswer {
  readonly status: number;
  readonly body: string;
}

/** A user who sends one request after the other over one connection. */
export class KeepAliveUser {
  readonly client: RawTlsClient;
  readonly #host: string;
  #read = 0;

  private constructor(client: RawTlsClient, host: string) {
    this.client = client;
    this.#host = host;
  }

  static async connect(application: URL, ca: string): Promise<KeepAliveUser> {
    return new KeepAliveUser(await RawTlsClient.connect(Number(application.port), ca), application.host);
  }

  async ask(method: string, path: string, authorization: string | null = null, body = ''): Promise<UserAnswer> {
    const lines = [`${method} ${path} HTTP/1.1`, `Host: ${this.#host}`, `Content-Length: ${body.length}`];
    if (authorization !== null) lines.push(`Authorization: ${authorization}`);
    this.client.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
    const deadlineMs = performance.now() + PATIENCE_MS;
    for (;;) {
      const unread = this.client.received.slice(this.#read);
      const [head = '', status, length] = ANSWER.exec(unread) ?? [];
      const end = head.length + (method === 'HEAD' ? 0 : Number(length));
      if (head !== '' && unread.length >= end) {
        this.#read += end;
        return { status: Number(status), body: unread.slice(head.length, end) };
      }
      if (this.client.isClosed || performance.now() > deadlineMs) throw new Error(`No answer came: ${unread}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** The three messages of NTLM; the answers to all of them. */
  async signIn(name: string, method = 'GET'): Promise<readonly UserAnswer[]> {
    const answers: UserAnswer[] = [];
    for (const authorization of [null, ntlmMessage(1), ntlmMessage(3, name)]) {
      answers.push(await this.ask(method, '/', authorization));
    }
    return answers;
  }
}
