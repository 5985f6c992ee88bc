import { spawn } from 'node:child_process';

import { TrialError } from './trial-error.ts';

/** Runs one of the repository's scripts to its end; what it says goes to standard error. @returns its standard output */
export function runScript(root: string, script: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
      signal,
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(output.trim());
      else reject(new TrialError(`${script} failed; see above. With --headless the trial needs no desktop app.`));
    });
  });
}

export interface DesktopStart {
  readonly command: string;
  readonly args: readonly string[];
}

/** Builds the desktop app where it is not fresh, finds an Electron, and says how to start it. */
export async function prepareDesktop(root: string, signal: AbortSignal): Promise<DesktopStart> {
  await runScript(root, 'scripts/build-desktop.ts', [], signal);
  const output = await runScript(root, 'scripts/electron-dist.ts', [], signal);
  const folder = output.split('\n').at(-1) ?? '';
  const name = process.platform === 'win32' ? 'electron.exe' : 'electron';
  // Chromium's sandbox refuses to run as root; only then is it left out.
  const isRoot = process.getuid?.() === 0;
  return { command: `${folder}/${name}`, args: [...(isRoot ? ['--no-sandbox'] : []), root] };
}
