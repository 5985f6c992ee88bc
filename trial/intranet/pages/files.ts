import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';

import busboy from 'busboy';

import { ShelfFullError } from '../file-shelf.ts';
import type { FileShelf, ShelvedFile } from '../file-shelf.ts';
import { Html, html } from '../html.ts';
import { randomBytesStream } from '../random-bytes.ts';
import { renderPage } from './layout.ts';

const MAX_RANDOM_BYTES = 100 * 1024 ** 3;

/** The form, and what was uploaded with its hashes. */
export function filesPage(files: readonly ShelvedFile[]): string {
  const rows = files.map(
    (file) =>
      html`<tr>
        <td><a href="/files/${file.id}" download>${file.name}</a></td>
        <td class="key">${formatSize(file.sizeBytes)}</td>
        <td class="mono">${file.sha256}</td>
      </tr>`,
  );
  const list = html`<table>
    <thead>
      <tr>
        <th scope="col">Name</th>
        <th scope="col">Size</th>
        <th scope="col">SHA-256</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
  return renderPage({
    title: 'Files',
    lead: 'Put a file on the shelf, or take one. Both ways are streamed.',
    section: '/files',
    body: html`<form class="card" method="post" action="/files" enctype="multipart/form-data" id="upload">
        <label for="file">File</label>
        <div class="inline">
          <input id="file" type="file" name="file" required />
          <button>Upload</button>
        </div>
        <progress hidden max="1" value="0" aria-label="Upload"></progress>
      </form>
      <section class="card">
        <h2>On the shelf</h2>
        ${rows.length > 0 ? list : html`<p class="small">Nothing yet.</p>`}
      </section>
      <section class="card">
        <h2>Files of any size</h2>
        <p class="small">
          Noise that does not compress: <a href="/files/random?bytes=1048576" download>1 MiB</a>,
          <a href="/files/random?bytes=104857600" download>100 MiB</a>,
          <a href="/files/random?bytes=1073741824" download>1 GiB</a>, or
          <code>/files/random?bytes=…</code>
        </p>
      </section>
      ${UPLOAD_SCRIPT}`,
  });
}

/** Shows progress; without script the form works as well. */
const UPLOAD_SCRIPT = new Html(`<script type="module">
const form = document.querySelector('#upload');
form.addEventListener('submit', (event) => {
  event.preventDefault();
  const bar = form.querySelector('progress');
  const request = new XMLHttpRequest();
  request.open('POST', form.getAttribute('action'));
  request.setRequestHeader('accept', 'application/json');
  request.upload.onprogress = ({ loaded, total }) => { bar.hidden = false; bar.value = total ? loaded / total : 0; };
  request.onload = () => { if (request.status < 400) location.reload(); else alert(request.responseText); };
  request.onerror = () => alert('The upload was cut off. Try again.');
  request.send(new FormData(form));
});
</script>`);

/** Takes a multipart form with one file. Answers JSON to a script, a redirect to a form. */
export async function receiveUpload(
  shelf: FileShelf,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const refuse = (status: number, message: string): void => {
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
    response.end(`${message}\n`);
  };
  if (!/^multipart\/form-data\s*;/i.test(request.headers['content-type'] ?? '')) {
    return refuse(415, 'Send the file as multipart/form-data, in a field named file.');
  }
  let stored: Promise<ShelvedFile> | undefined;
  const parser = busboy({ headers: request.headers, limits: { files: 1, fields: 10 }, defParamCharset: 'utf8' });
  parser.on('file', (_field, content, { filename }) => {
    stored = shelf.add(filename, content);
    stored.catch((error: unknown) => parser.destroy(error as Error));
  });
  try {
    await pipeline(request, parser);
    const file = await stored;
    if (!file) return refuse(400, 'The form had no file in it: choose one first.');
    if (!/application\/json/.test(request.headers.accept ?? '')) {
      response.writeHead(303, { location: '/files' }).end();
      return;
    }
    response.writeHead(201, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ ...file, url: `/files/${file.id}` }));
  } catch (error) {
    if (response.destroyed) return;
    if (error instanceof ShelfFullError) refuse(413, error.message);
    else refuse(400, `The upload failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Sends a file of the shelf. */
export async function sendFile(shelf: FileShelf, file: ShelvedFile, response: ServerResponse): Promise<void> {
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-length': file.sizeBytes,
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
    etag: `"${file.sha256}"`,
  });
  await pipeline(createReadStream(shelf.path(file)), response);
}

/** Sends `?bytes=N` of noise. */
export async function sendRandom(query: URLSearchParams, response: ServerResponse): Promise<void> {
  const sizeBytes = Number(query.get('bytes') ?? '1048576');
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0 || sizeBytes > MAX_RANDOM_BYTES) {
    response.writeHead(400, { 'content-type': 'text/plain' });
    response.end(`bytes must be a whole number from 0 to ${MAX_RANDOM_BYTES}.\n`);
    return;
  }
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-length': sizeBytes,
    'content-disposition': `attachment; filename="random-${sizeBytes}.bin"`,
  });
  await pipeline(randomBytesStream(sizeBytes), response);
}

function formatSize(sizeBytes: number): string {
  if (sizeBytes < 1024) return `${sizeBytes} B`;
  const units = ['KiB', 'MiB', 'GiB'];
  const power = Math.min(Math.floor(Math.log2(sizeBytes) / 10), units.length);
  return `${(sizeBytes / 1024 ** power).toFixed(1)} ${units[power - 1] ?? ''}`;
}
