import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { ConnectorSettings } from './connector-settings.ts';

const MAX_TOKEN_LENGTH = 256;

/**
 * The one-time token of the settings, or of the file that they name; null where they have neither. It is read here and not with
 * the settings, since the file may be gone once the connector is enrolled.
 * @throws PosternError `CONFIG_INVALID` when the file can't be read, or holds no token.
 */
export async function readEnrolmentToken(settings: ConnectorSettings): Promise<string | null> {
  const { enrolmentToken, enrolmentTokenFile: file } = settings;
  if (file === undefined) return enrolmentToken ?? null;
  const where = file === '-' ? 'standard input' : file;
  let content: string;
  try {
    content = file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PosternError('CONFIG_INVALID', {
      message: `enrolmentTokenFile: ${where} can't be read: ${reason}.`,
      cause,
    });
  }
  const token = content.trim();
  if (token !== '' && token.length <= MAX_TOKEN_LENGTH && !/\s/.test(token)) return token;
  throw new PosternError('CONFIG_INVALID', {
    message: `enrolmentTokenFile: ${where} must hold the token and nothing else.`,
  });
}
