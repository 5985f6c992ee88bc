import { parentPort, workerData } from 'node:worker_threads';
import type { CertificateUpload } from '../open-upload.ts';
import { openPem } from './open-pem.ts';
import { openPfx } from './open-pfx.ts';

const upload = workerData as CertificateUpload;
parentPort?.postMessage(
  upload.kind === 'pem'
    ? openPem(upload.certificate, upload.privateKey, upload.passphrase)
    : openPfx(Buffer.from(upload.pfx), upload.password),
);
