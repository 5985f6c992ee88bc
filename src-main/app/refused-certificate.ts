import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { parseServiceAddress } from '../../src-shared/ipc/service-address.ts';
import { checkPath, type PathCheckOptions } from './path-check.ts';
import { SpokenError } from './spoken-error.ts';

const DEADLINE_MS = 10_000;

/**
 * A service whose certificate is not trusted, with what the certificate says: Chromium names the verdict alone. The way is gone
 * once more, as the path check goes it; what is wrong with anything else stays as it is.
 */
export async function withCertificate(
  error: unknown,
  way: Pick<PathCheckOptions, 'serviceUrl' | 'fetch' | 'resolveProxy' | 'proxyCredentials' | 'language'>,
): Promise<unknown> {
  const { url } = parseServiceAddress(way.serviceUrl);
  if (!(error instanceof PosternError) || error.code !== 'SERVICE_CERTIFICATE' || url === null) return error;
  const hops = await checkPath({
    ...way,
    serviceUrl: url,
    probeSignIn: null,
    canaryAtMs: () => null,
    onHop: () => undefined,
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  const tls = hops.find(({ hop, outcome }) => hop === 'tls' && outcome === 'failed');
  return tls === undefined ? error : new SpokenError('SERVICE_CERTIFICATE', () => tls.detail, { cause: error });
}
