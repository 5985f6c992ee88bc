import { spawn } from 'node:child_process';
import { PosternError } from '../../../src-shared/errors/postern-error.ts';

const MAX_OUTPUT_CHARACTERS = 4000;
/** How pkexec says that nobody gave an administrator's password: dismissed, and refused (pkexec(1)). */
const NOT_AUTHORISED = new Set([126, 127]);

/** By which a package of Linux is put in place; both refuse one for another machine. */
const INSTALLERS = { deb: ['/usr/bin/dpkg', '-i'], rpm: ['/usr/bin/rpm', '-U'] } as const;

/** What asks for an administrator's password where the app does not run as root, which is the rule. */
const ASK_FIRST = process.getuid?.() === 0 ? [] : ['/usr/bin/pkexec'];

/**
 * Installs a package over the running app, as root, whom the person becomes by their own desktop's question for a password. The
 * app goes on meanwhile: nothing is lost where they think better of it.
 * @param askFirst the program that runs another as root, and its arguments; empty where that is needless
 * @throws PosternError `UPDATE_NOT_PERMITTED`, `UPDATE_INSTALL_FAILED`
 */
export async function installPackage(
  kind: keyof typeof INSTALLERS,
  file: string,
  askFirst: readonly string[] = ASK_FIRST,
): Promise<void> {
  const [executable = '', ...args] = [...askFirst, ...INSTALLERS[kind], file];
  const { code, output } = await run(executable, args);
  if (code === 0) return;
  if (code === null) {
    throw new PosternError('UPDATE_NOT_PERMITTED', { message: `${executable} can’t be started: ${output}` });
  }
  if (askFirst.length > 0 && NOT_AUTHORISED.has(code)) {
    throw new PosternError('UPDATE_NOT_PERMITTED', { message: 'No administrator agreed to it.' });
  }
  const installer = INSTALLERS[kind].join(' ');
  throw new PosternError('UPDATE_INSTALL_FAILED', { message: `${installer} ended with ${code}: ${lastLine(output)}` });
}

/** `code` is null where the program can't be started. */
function run(executable: string, args: readonly string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(executable, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output = (output + text).slice(-MAX_OUTPUT_CHARACTERS);
      });
    }
    child.on('error', (error) => resolve({ code: null, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) ?? '';
}
