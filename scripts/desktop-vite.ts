import { builtinModules } from 'node:module';
import path from 'node:path';
import react from '@vitejs/plugin-react';
import type { InlineConfig } from 'vite';
import { ROOT } from './run-command.ts';

/** Where the built desktop app lies; package.json's `main` points into it. */
export const DESKTOP_OUTPUT = path.join(ROOT, 'dist', 'desktop');

const OUTSIDE = ['electron', /^node:/, ...builtinModules, 'bufferutil', 'utf-8-validate'];
/** Of the packages that are bundled in: most of their licences want to go along. */
const license = { fileName: 'licenses.md' };
const QUIET = { configFile: false, logLevel: 'warn', clearScreen: false } as const;

/** Main process and its workers: ES modules with their dependencies in them, so that a package needs no node_modules. */
export const mainConfig: InlineConfig = {
  ...QUIET,
  root: ROOT,
  ssr: { noExternal: true, target: 'node' },
  build: {
    ssr: true,
    outDir: path.join(DESKTOP_OUTPUT, 'main'),
    emptyOutDir: true,
    target: 'node24',
    sourcemap: true,
    license,
    rolldownOptions: {
      external: OUTSIDE,
      input: {
        main: path.join(ROOT, 'src-main/main.ts'),
        'engine-worker': path.join(ROOT, 'src-main/connector/engine-worker.ts'),
        'history-worker': path.join(ROOT, 'src-main/app/traffic-history/history-worker.ts'),
      },
      // Shared chunks alone don't keep the order in which modules with side effects run.
      output: {
        strictExecutionOrder: true,
        format: 'es',
        entryFileNames: '[name].js',
        chunkFileNames: 'chunk-[hash].js',
      },
    },
  },
};

/** Preload script: one CommonJS file, which is all that a sandboxed window can load. */
export const preloadConfig: InlineConfig = {
  ...QUIET,
  root: ROOT,
  build: {
    outDir: path.join(DESKTOP_OUTPUT, 'preload'),
    emptyOutDir: true,
    target: 'chrome140',
    minify: false,
    lib: { entry: path.join(ROOT, 'src-main/preload/preload.ts'), formats: ['cjs'], fileName: () => 'preload.cjs' },
    rolldownOptions: { external: ['electron'] },
  },
};

/** The window, served at `app://ui/`. */
export const rendererConfig: InlineConfig = {
  ...QUIET,
  root: path.join(ROOT, 'src-renderer'),
  base: '/',
  plugins: [react()],
  css: { modules: { localsConvention: 'camelCaseOnly' } },
  build: {
    outDir: path.join(DESKTOP_OUTPUT, 'renderer'),
    emptyOutDir: true,
    license,
    target: 'chrome140',
    chunkSizeWarningLimit: 2000,
    modulePreload: { polyfill: false },
  },
};
