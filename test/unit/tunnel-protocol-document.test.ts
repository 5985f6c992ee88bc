import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { enrolmentRequestSchema, enrolmentResponseSchema } from '../../src-shared/connector/enrolment.ts';
import { ERRORS } from '../../src-shared/errors/registry.ts';
import { grantOf } from '../../src-shared/mux/frame-payloads.ts';
import { DEFAULT_MUX_LIMITS } from '../../src-shared/mux/mux-limits.ts';
import { connectorConfigurationSchema } from '../../src-shared/publishing/connector-configuration.ts';
import { CANARY_FEATURE, MAX_CANARY_BYTES } from '../../src-shared/wire/canary.ts';
import {
  configurationChangeSchema,
  DELTA_FEATURE,
  MAX_CONFIGURATION_BYTES,
} from '../../src-shared/wire/configuration-change.ts';
import {
  challengeSchema,
  configurationAcknowledgementSchema,
  configurationReportSchema,
  goAwaySchema,
  helloSchema,
  releaseSchema,
  welcomeSchema,
} from '../../src-shared/wire/control.ts';
import { MAX_FIELDS } from '../../src-shared/wire/fields.ts';
import { FrameDecoder } from '../../src-shared/wire/frame-decoder.ts';
import {
  FRAME_FLAGS,
  FRAME_HEADER_LAYOUT,
  FRAME_TYPES,
  MAX_CONTROL_MESSAGE_BYTES,
  MAX_DATA_BYTES,
  MAX_INFORMATIONAL_HEADS,
  MAX_PAYLOAD_BYTES,
  MAX_STREAM_ID,
} from '../../src-shared/wire/frame.ts';
import { decodeRequestHead } from '../../src-shared/wire/head.ts';
import { certificateSchema, RENEWAL_FEATURE, renewedSchema, renewSchema } from '../../src-shared/wire/renewal.ts';
import { STATIC_NAMES } from '../../src-shared/wire/static-names.ts';
import { describeSchema } from '../helpers/describe-schema.ts';
import { HEAD } from '../helpers/mux-exchange.ts';
import { type Accept, handlerWith, makeMuxPair, settle } from '../helpers/mux-pair.ts';
import { recordWorkedChange } from '../helpers/worked-change-trace.ts';
import { parseTrace, printTrace, recordWorkedSession, replay } from '../helpers/worked-trace.ts';

const document = readFileSync(new URL('../../docs/tunnel-protocol.md', import.meta.url), 'utf8');

/** What stands below a heading, up to the next one. */
function section(heading: string): string {
  const [, text = ''] = document.split(new RegExp(`^#+ ${heading}$`, 'm'));
  expect(text, `the section "${heading}"`).not.toBe('');
  return text.split(/^#+ /m)[0] ?? '';
}

/** The cells of a section's rows that match, without the marks of code. */
function rows(heading: string, pattern: RegExp): string[][] {
  return [...section(heading).matchAll(pattern)].map((match) => match.slice(1).map((cell) => cell.trim()));
}

/** The first code block of a section. */
function codeBlock(heading: string): string {
  return /^```\n(.*?)^```$/ms.exec(section(heading))?.[1] ?? '';
}

describe('docs/tunnel-protocol.md says what the code does', () => {
  test('the frame header', () => {
    const layout = FRAME_HEADER_LAYOUT.map(({ field, bytes }) => [field, String(bytes)]);
    expect(rows('Frames', /^\| (type|flags|stream|length) +\| (\d) +\|/gm)).toEqual(layout);
  });

  test('the frame types', () => {
    const types = Object.entries(FRAME_TYPES).map(([name, type]) => [String(type), name]);
    expect(rows('Frames', /^\| (\d+) +\| ([A-Z_]+) +\|/gm)).toEqual(types);
  });

  test('the flags', () => {
    const flags = Object.entries(FRAME_FLAGS).map(([name, flag]) => [`0x0${flag}`, name]);
    expect(rows('Frames', /^\| (0x\d\d) \| ([A-Z]+) +\|/gm)).toEqual(flags);
  });

  test('the static names, each with its index', () => {
    const listed = [...codeBlock('Header blocks').matchAll(/(\d+) (\S+)/g)]
      .map(([, index, name]) => ({ index: Number(index), name }))
      .toSorted((a, b) => a.index - b.index);
    expect(listed).toEqual(STATIC_NAMES.map((name, position) => ({ index: position + 1, name })));
  });

  test.each([
    ['CHALLENGE', challengeSchema],
    ['HELLO', helloSchema],
    ['WELCOME', welcomeSchema],
    ['CONFIG', connectorConfigurationSchema],
    ['CONFIG_ACK', configurationAcknowledgementSchema],
    ['GOAWAY', goAwaySchema],
    ['RELEASE', releaseSchema],
    ['CONFIG_CHANGE', configurationChangeSchema],
    ['CONFIG_REPORT', configurationReportSchema],
    ['RENEW', renewSchema],
    ['CERTIFICATE', certificateSchema],
    ['RENEWED', renewedSchema],
    ['The request to enrol', enrolmentRequestSchema],
    ['The answer to it', enrolmentResponseSchema],
  ])('every field of %s with its type and bounds', (name, schema) => {
    const documented = rows(name, /^\| `(\S+)` +\| ([^|]+)\| ([^|]+)\|/gm);
    expect(documented).toEqual(describeSchema(schema).map((row) => row.map((cell) => (cell === '' ? '–' : cell))));
  });

  test('the features', () => {
    expect(rows('Versions and features', /^\| `(\w+)` +\|/gm)).toEqual([
      [CANARY_FEATURE],
      [DELTA_FEATURE],
      [RENEWAL_FEATURE],
    ]);
    expect(section('Canary')).toContain(MAX_CANARY_BYTES.toLocaleString('en'));
  });

  test('the error numbers', () => {
    const numbered = Object.entries(ERRORS).flatMap(([code, definition]) =>
      'wire' in definition ? [[String(definition.wire), code, definition.summary]] : [],
    );
    expect(rows('Errors', /^\| (\d+) +\| ([A-Z_]+) +\| (.+?) +\|$/gm)).toEqual(numbered);
  });

  test.each([
    ['payload of a frame', MAX_PAYLOAD_BYTES],
    ['payload of a DATA frame, as a sender keeps to', MAX_DATA_BYTES],
    ['fields of a header block', MAX_FIELDS],
    ['informational heads of a stream', MAX_INFORMATIONAL_HEADS],
    ['control message over all frames', MAX_CONTROL_MESSAGE_BYTES],
    ['configuration over all its parts', MAX_CONFIGURATION_BYTES],
    ['streams at once', DEFAULT_MUX_LIMITS.maxStreams],
    ['stream ids of a tunnel', MAX_STREAM_ID],
    ['credit of a stream, of the tunnel', 0x7fff_ffff],
    ['octets that a peer does not read', DEFAULT_MUX_LIMITS.sendLimitBytes],
  ])('the limit: %s', (what, limit) => {
    const [bound = ''] =
      rows('Limits', /^\| ([^|]+)\| ([^|]+)\|/gm)
        .find(([name]) => name === what)
        ?.slice(1) ?? [];
    const value = Number.parseInt(bound.replaceAll(',', ''), 10) * (bound.endsWith('MiB') ? 1_048_576 : 1);
    expect(value).toBe(limit);
  });

  test('the example of credit', async () => {
    const grants: number[] = [];
    const early: number[] = [];
    let take: () => void = () => undefined;
    const limits = { maxStreamWindowBytes: DEFAULT_MUX_LIMITS.streamWindowBytes };
    const accept: Accept = (stream) => {
      let isTaken = false;
      take = () => {
        isTaken = true;
        stream.taken();
        for (const bytes of early) stream.consumed(bytes);
      };
      return handlerWith({
        onData: ({ length }) => (isTaken ? stream.consumed(length) : early.push(length)),
      });
    };
    const pair = makeMuxPair(accept, {}, { limits });
    const decoder = new FrameDecoder((_type, _flags, _streamId, payload) => grants.push(grantOf(payload)));
    const receive = pair.openerPipe.onReceive;
    pair.openerPipe.onReceive = (octets) => {
      decoder.push(octets);
      receive(octets);
    };
    const stream = pair.opener.open(HEAD, false, () => handlerWith({}));
    stream.write(new Uint8Array(200_000));
    await settle();
    expect(early).toEqual([65_536]);
    take();
    await settle();
    const documented = rows('Credit', /^\| ◀ [A-Z]+ of ([\d,]*\d)/gm).map(([octets = '']) =>
      Number(octets.replace(',', '')),
    );
    expect(grants).toEqual(documented);
  });
});

describe('the worked session of docs/tunnel-protocol.md', () => {
  const shown = codeBlock('A worked session');

  test('is what the code of both ends writes', async () => {
    expect(shown.trim()).toBe(printTrace(await recordWorkedSession()));
  });

  test('is read by the code of both ends', () => {
    const frames = parseTrace(shown);
    const { CHALLENGE, HELLO, WELCOME, CONFIG, CONFIG_ACK, GOAWAY, RELEASE } = FRAME_TYPES;
    const heard = (side: string, ...types: number[]): string[] => types.map((type) => `${side}:control ${type}`);
    expect(replay(frames, 'opener')).toEqual({
      events: heard('acceptor', CHALLENGE, WELCOME, CONFIG, RELEASE, GOAWAY),
      opened: 2,
    });
    expect(replay(frames, 'acceptor')).toEqual({ events: heard('opener', HELLO, CONFIG_ACK), opened: 0 });
  });

  test('holds control messages that the schemas accept and a head that decodes', () => {
    const frames = parseTrace(shown);
    const payloadOf = (type: number): Buffer =>
      Buffer.from(frames.find(({ octets }) => octets[0] === type)?.octets.subarray(10) ?? []);
    for (const [type, schema] of [
      [FRAME_TYPES.CHALLENGE, challengeSchema],
      [FRAME_TYPES.HELLO, helloSchema],
      [FRAME_TYPES.WELCOME, welcomeSchema],
      [FRAME_TYPES.CONFIG, connectorConfigurationSchema],
      [FRAME_TYPES.CONFIG_ACK, configurationAcknowledgementSchema],
      [FRAME_TYPES.GOAWAY, goAwaySchema],
      [FRAME_TYPES.RELEASE, releaseSchema],
    ] as const) {
      expect(() => schema.parse(JSON.parse(payloadOf(type).toString()))).not.toThrow();
    }
    expect(decodeRequestHead(payloadOf(FRAME_TYPES.HEAD))).toMatchObject({ method: 'POST', userName: 'Zoë' });
  });
});

describe('the worked change of docs/tunnel-protocol.md', () => {
  const shown = codeBlock('A worked change');

  test('is what the code of both ends writes', () => {
    expect(shown.trim()).toBe(printTrace(recordWorkedChange()));
  });

  test('is read by the code of both ends', () => {
    const frames = parseTrace(shown);
    const { CONFIG_CHANGE, CONFIG_ACK } = FRAME_TYPES;
    const heard = (side: string, type: number): string[] => Array.from({ length: 5 }, () => `${side}:control ${type}`);
    expect(replay(frames, 'opener')).toEqual({ events: heard('acceptor', CONFIG_CHANGE), opened: 0 });
    expect(replay(frames, 'acceptor')).toEqual({ events: heard('opener', CONFIG_ACK), opened: 0 });
  });
});
