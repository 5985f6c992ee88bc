import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const FLAG = '--allocation-site-pretenuring';

test.each(['src-service/keep-objects-young.ts', 'src-main/connector/keep-objects-young.ts'])(
  '%s asks V8 for what this V8 knows, and leaves a choice of the operator alone',
  (file) => {
    const module = fileURLToPath(new URL(`../../${file}`, import.meta.url));
    const program = `
      import v8 from 'node:v8';
      import { syncBuiltinESMExports } from 'node:module';
      const set = v8.setFlagsFromString;
      v8.setFlagsFromString = (flag) => { console.log(flag); set(flag); };
      syncBuiltinESMExports();
      (await import(${JSON.stringify(module)})).keepObjectsYoung();`;
    const run = (...options: string[]): { said: string; complaint: string } => {
      const args = [...options, '--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program];
      const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
      return { said: stdout.trim(), complaint: stderr.trim() };
    };
    // V8 complains of a flag that it does not know.
    expect(run()).toEqual({ said: '--no-allocation-site-pretenuring', complaint: '' });
    expect(run(FLAG)).toEqual({ said: '', complaint: '' });
  },
);
