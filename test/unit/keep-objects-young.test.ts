import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const FLAG = '--allocation-site-pretenuring';

/** Makes what stays for a while, as a start under load does, then asks V8 where it puts what is made at the same place. */
const PRETENURED = `
  import { setFlagsFromString } from 'node:v8';
  setFlagsFromString('--allow-natives-syntax');
  const isYoung = new Function('object', 'return %InYoungGeneration(object)');
  const make = (id) => ({ id, headers: ['name', id] });
  let kept = [];
  let young = 0;
  for (let round = 0; round < 300; round += 1) {
    for (let id = 0; id < 2000; id += 1) kept.push(make(id));
    if (kept.length > 100_000) kept = [];
    if (round >= 200 && isYoung(make(0).headers)) young += 1;
  }
  console.log(young);`;

test('what is made where much has stayed is young all the same, with it and not without', () => {
  // Small, so that it is full at once: until then V8 decides nothing.
  const args = ['--max-semi-space-size=1', '--min-semi-space-size=1', '--disable-warning=ExperimentalWarning'];
  const youngOf100 = (beginning: string): number => {
    const program = [...args, '--input-type=module', '-e', `${beginning}\n${PRETENURED}`];
    return Number(spawnSync(process.execPath, program, { encoding: 'utf8' }).stdout);
  };
  const module = fileURLToPath(new URL('../../src-service/keep-objects-young.ts', import.meta.url));
  // A collection may fall between the making of an object and the question.
  expect(youngOf100(`(await import(${JSON.stringify(module)})).keepObjectsYoung();`)).toBeGreaterThan(90);
  expect(youngOf100('')).toBeLessThan(10);
});

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
