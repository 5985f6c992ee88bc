#!/usr/bin/env python3
"""A connector written from docs/tunnel-protocol.md alone, with Python's standard library and the openssl tool.

It shows that the document is enough to write one in another language; it is no product. Arguments: the tunnel's ws: URL,
the audience told at enrolment, the connector's id, and the PEM files of its certificate and its key. It serves what its
configuration publishes at plain http backends, and prints a line of JSON for each thing that a test waits for.
"""
import asyncio, base64, hashlib, json, os, struct, subprocess, sys, time
from urllib.parse import urlsplit

HEAD, DATA, END, RESET, WINDOW, TAKEN = 1, 2, 3, 4, 5, 6
CHALLENGE, HELLO, WELCOME, CONFIG, CONFIG_ACK, PING, PONG, GOAWAY = range(16, 24)
FLAG_END, FLAG_MORE = 1, 4
RIDE_ALONG, STREAM_WINDOW, TUNNEL_WINDOW, MAX_DATA = 65536, 262144, 4194304, 65536
BACKEND_REFUSED, BACKEND_RESET, APPLICATION_UNKNOWN = 64, 66, 73
NAMES = """:method :target :scheme :authority :application :activity-id :remote-address :user-id :user-name :upgrade
:status Host User-Agent Accept Accept-Encoding Accept-Language Cookie Referer Origin Content-Type Content-Length
Content-Encoding Content-Disposition Content-Language Content-Security-Policy Cache-Control Pragma Expires Date Server ETag
Last-Modified If-None-Match If-Modified-Since If-Match Range Accept-Ranges Content-Range Location Set-Cookie Vary
Authorization WWW-Authenticate Upgrade-Insecure-Requests X-Requested-With X-Forwarded-For X-Forwarded-Host
X-Forwarded-Proto Forwarded X-Postern-Activity-Id Traceparent Sec-Fetch-Site Sec-Fetch-Mode Sec-Fetch-Dest Sec-Fetch-User
Strict-Transport-Security X-Content-Type-Options X-Frame-Options Access-Control-Allow-Origin Connection Upgrade
Priority""".split()
HOP_BY_HOP = {'connection', 'keep-alive', 'proxy-connection', 'te', 'transfer-encoding', 'upgrade'}


def say(event, **fields):
    print(json.dumps({'event': event, **fields}), flush=True)


def varint(value):
    octets = b''
    while value >= 0x80:
        octets, value = octets + bytes([value & 0x7F | 0x80]), value >> 7
    return octets + bytes([value])


def encode_fields(fields):
    block = b''
    for name, value in fields:
        block += bytes([NAMES.index(name) + 1]) if name in NAMES else b'\0' + varint(len(name)) + name.encode('latin-1')
        block += varint(len(value)) + value.encode('latin-1')
    return block


def decode_fields(block):
    fields, at = [], 0

    def text():
        nonlocal at
        length = shift = 0
        while True:
            octet, at = block[at], at + 1
            length, shift = length | (octet & 0x7F) << shift, shift + 7
            if octet < 0x80:
                break
        at += length
        return block[at - length:at].decode('latin-1')

    while at < len(block):
        index, at = block[at], at + 1
        name = text() if index == 0 else NAMES[(index & 0x3F) - 1]
        fields.append((name.lower() if index & 0x40 else name, text()))
    return fields


def make_proof(challenge, connector_id, certificate_file, key_file):
    encode = lambda octets: base64.urlsafe_b64encode(octets).rstrip(b'=')
    pem = open(certificate_file).read()
    certificates = [''.join(part.split('-----END')[0].split()) for part in pem.split('-----BEGIN CERTIFICATE-----')[1:]]
    header = {'alg': 'ES256', 'typ': 'postern-proof+jwt', 'x5c': certificates}
    claims = {'aud': challenge['audience'], 'nonce': challenge['nonce'], 'sub': connector_id, 'iat': int(time.time())}
    signed = encode(json.dumps(header).encode()) + b'.' + encode(json.dumps(claims).encode())
    der = subprocess.run(['openssl', 'dgst', '-sha256', '-sign', key_file], input=signed, capture_output=True, check=True).stdout
    # JWS wants r and s as 32 octets each (RFC 7518, section 3.4), openssl gives a DER sequence of two integers.
    r_end = 4 + der[3]
    r, s = int.from_bytes(der[4:r_end], 'big'), int.from_bytes(der[r_end + 2:], 'big')
    return (signed + b'.' + encode(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))).decode()


class Stream:
    def __init__(self, credit):
        self.credit, self.body, self.received, self.task = credit, asyncio.Queue(), 0, None


class Connector:
    def __init__(self, audience, connector_id, certificate_file, key_file):
        self.audience, self.identity = audience, (connector_id, certificate_file, key_file)
        self.streams, self.applications, self.parts = {}, {}, []
        self.send_credit, self.receive_credit, self.moved = 0, TUNNEL_WINDOW, asyncio.Event()

    async def run(self, url):
        target = urlsplit(url)
        self.reader, self.writer = await asyncio.open_connection(target.hostname, target.port)
        key = base64.b64encode(os.urandom(16)).decode()
        self.writer.write((f'GET {target.path} HTTP/1.1\r\nHost: {target.netloc}\r\nUpgrade: websocket\r\n'
                           f'Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n'
                           'Sec-WebSocket-Protocol: postern.tunnel.v1\r\n\r\n').encode())
        head = (await self.reader.readuntil(b'\r\n\r\n')).decode()
        accept = base64.b64encode(hashlib.sha1((key + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').encode()).digest()).decode()
        assert head.startswith('HTTP/1.1 101') and accept in head, head
        octets = b''
        async for message in self.messages():
            octets += message
            while len(octets) >= 10 and len(octets) >= 10 + int.from_bytes(octets[6:10], 'big'):
                kind, flags, stream_id, length = struct.unpack('>BBII', octets[:10])
                self.on_frame(kind, flags, stream_id, octets[10:10 + length])
                octets = octets[10 + length:]

    async def messages(self):
        while True:
            first, second = await self.reader.readexactly(2)
            length = second & 0x7F
            if length >= 126:
                length = int.from_bytes(await self.reader.readexactly(2 if length == 126 else 8), 'big')
            payload = await self.reader.readexactly(length)
            if first & 0x0F == 8:
                say('closed', reason=payload[2:].decode())
                return
            if first & 0x0F == 9:
                self.send_message(0x8A, payload)
            if first & 0x0F <= 2:
                yield payload

    def send_message(self, first, payload):
        length = len(payload)
        size = bytes([0x80 | length]) if length < 126 else (
            b'\xfe' + struct.pack('>H', length) if length < 65536 else b'\xff' + struct.pack('>Q', length))
        # A client has to mask (RFC 6455, section 5.3); zero is a mask like any other.
        self.writer.write(bytes([first]) + size + bytes(4) + payload)

    def send(self, kind, stream_id=0, payload=b'', flags=0):
        self.send_message(0x82, struct.pack('>BBII', kind, flags, stream_id, len(payload)) + payload)

    def on_frame(self, kind, flags, stream_id, payload):
        stream = self.streams.get(stream_id)
        if kind >= 16:
            if kind == PING:
                self.send(PONG, 0, payload)
            elif kind == PONG:
                say('pong', payload=payload.hex())
            else:
                self.parts.append(payload)
                if not flags & FLAG_MORE:
                    message, self.parts = b''.join(self.parts), []
                    self.on_control(kind, message)
        elif kind == HEAD:
            stream = self.streams[stream_id] = Stream(self.service_stream_window)
            stream.task = asyncio.create_task(self.serve(stream_id, stream, decode_fields(payload), bool(flags & FLAG_END)))
        elif kind == DATA:
            self.receive_credit -= len(payload)
            if self.receive_credit <= TUNNEL_WINDOW // 2:
                self.send(WINDOW, 0, struct.pack('>I', TUNNEL_WINDOW - self.receive_credit))
                self.receive_credit = TUNNEL_WINDOW
            if stream:
                stream.body.put_nowait(payload)
                if flags & FLAG_END:
                    stream.body.put_nowait([])
        elif kind == END and stream:
            stream.body.put_nowait(decode_fields(payload))
        elif kind == RESET and stream:
            say('reset', code=int.from_bytes(payload[:4], 'big'), message=payload[4:].decode())
            stream.task.cancel()
        elif kind == WINDOW:
            credit = int.from_bytes(payload, 'big')
            if stream_id == 0:
                self.send_credit += credit
            elif stream:
                stream.credit += credit
            self.moved.set()

    def on_control(self, kind, payload):
        message = json.loads(payload) if CHALLENGE <= kind <= GOAWAY else None
        if kind == CHALLENGE:
            assert message['audience'] == self.audience, 'another service answered'
            self.service_stream_window = message['settings']['streamWindowBytes']
            self.send_credit = message['settings']['tunnelWindowBytes']
            hello = {'proof': make_proof(message, *self.identity), 'features': [], 'connectorVersion': 'python',
                     'settings': {'streamWindowBytes': RIDE_ALONG, 'tunnelWindowBytes': TUNNEL_WINDOW},
                     'machineName': 'interop', 'tunnelIndex': 0, 'epoch': int(time.time() * 1000)}
            self.send(HELLO, 0, json.dumps(hello).encode())
        elif kind == WELCOME:
            say('welcome', pingIntervalMs=message['pingIntervalMs'])
            self.send(PING, 0, b'8 octets')
        elif kind == CONFIG:
            self.applications = {each['id']: each for each in message['applications']}
            self.send(CONFIG_ACK, 0, json.dumps({'version': message['version'], 'isAccepted': True}).encode())
            say('configured', version=message['version'])
        elif kind == GOAWAY:
            say('goaway', code=message['code'])

    async def serve(self, stream_id, stream, fields, has_no_body):
        pseudo = {name: value for name, value in fields if name[0] == ':'}
        headers = [(name, value) for name, value in fields if name[0] != ':' and name.lower() != 'host']
        writer = None
        try:
            application = self.applications.get(pseudo[':application'])
            if application is None:
                return self.reset(stream_id, APPLICATION_UNKNOWN, 'not in my configuration')
            backend = urlsplit(application['internalUrl'])
            reader, writer = await asyncio.open_connection(backend.hostname, backend.port or 80)
            self.send(TAKEN, stream_id, struct.pack('>I', 0 if has_no_body else STREAM_WINDOW - RIDE_ALONG))
            is_chunked = not has_no_body and all(name.lower() != 'content-length' for name, _ in headers)
            headers = [*headers, ('Host', backend.netloc), ('Connection', 'close')]
            headers += [('Transfer-Encoding', 'chunked')] if is_chunked else []
            lines = [f"{pseudo[':method']} {pseudo[':target']} HTTP/1.1", *(f'{name}: {value}' for name, value in headers)]
            writer.write('\r\n'.join([*lines, '', '']).encode('latin-1'))
            upload = None if has_no_body else asyncio.create_task(self.upload(stream_id, stream, writer, is_chunked))
            await self.answer(stream_id, stream, reader)
            if upload and not upload.done():
                upload.cancel()
                self.reset(stream_id, 1, 'the backend answered without the rest')
        except (asyncio.IncompleteReadError, ConnectionResetError):
            self.reset(stream_id, BACKEND_RESET, 'the backend closed its connection')
        except ConnectionRefusedError:
            self.reset(stream_id, BACKEND_REFUSED, 'nothing listens there')
        finally:
            del self.streams[stream_id]
            if writer:
                writer.close()

    async def upload(self, stream_id, stream, writer, is_chunked):
        consumed = 0
        while isinstance(chunk := await stream.body.get(), bytes):
            writer.write(b'%x\r\n%s\r\n' % (len(chunk), chunk) if is_chunked and chunk else chunk)
            await writer.drain()
            consumed += len(chunk)
            if consumed * 2 >= STREAM_WINDOW:
                self.send(WINDOW, stream_id, struct.pack('>I', consumed))
                consumed = 0
        if is_chunked:
            trailers = ''.join(f'{name}: {value}\r\n' for name, value in chunk)
            writer.write(f'0\r\n{trailers}\r\n'.encode('latin-1'))

    async def answer(self, stream_id, stream, reader):
        status, headers = 100, []
        while status < 200:
            lines = (await reader.readuntil(b'\r\n\r\n')).decode('latin-1').split('\r\n')
            status, headers = int(lines[0].split()[1]), [tuple(line.split(': ', 1)) for line in lines[1:-2]]
        lower = {name.lower(): value for name, value in headers}
        kept = [(name, value) for name, value in headers if name.lower() not in HOP_BY_HOP]
        self.send(HEAD, stream_id, encode_fields([(':status', str(status)), *kept]))
        trailers = []
        if 'chunked' in lower.get('transfer-encoding', ''):
            while size := int(await reader.readuntil(b'\r\n'), 16):
                await self.send_data(stream_id, stream, (await reader.readexactly(size + 2))[:-2])
            while line := (await reader.readuntil(b'\r\n')).decode('latin-1').strip():
                trailers.append(tuple(line.split(': ', 1)))
        else:
            left = int(lower.get('content-length', 0))
            while left:
                chunk = await reader.read(min(left, MAX_DATA))
                if not chunk:
                    raise ConnectionResetError
                left -= len(chunk)
                await self.send_data(stream_id, stream, chunk)
        self.send(END, stream_id, encode_fields(trailers))

    async def send_data(self, stream_id, stream, octets):
        while octets:
            count = min(len(octets), stream.credit, self.send_credit, MAX_DATA)
            if count == 0:
                self.moved.clear()
                await self.moved.wait()
                continue
            stream.credit, self.send_credit = stream.credit - count, self.send_credit - count
            self.send(DATA, stream_id, octets[:count])
            octets = octets[count:]
            await self.writer.drain()

    def reset(self, stream_id, code, message):
        self.send(RESET, stream_id, struct.pack('>I', code) + message.encode())


if __name__ == '__main__':
    asyncio.run(Connector(*sys.argv[2:6]).run(sys.argv[1]))
