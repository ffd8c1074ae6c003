import { mkdtempSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';

/** A program made of a TypeScript file, in a folder of its own beside it. */
export interface BundledScript {
  readonly folder: string;
  readonly path: string;
  build(): Promise<void>;
  remove(): void;
}

/** For a process or worker of its own. In the checkout, so that it finds the packages that are left out of it. */
export function bundledScript(source: string): BundledScript {
  const name = basename(source, '.ts');
  const folder = mkdtempSync(join(dirname(source), `.${name}-`));
  const path = join(folder, `${name}.mjs`);
  return {
    folder,
    path,
    async build() {
      await build({
        entryPoints: [source],
        bundle: true,
        platform: 'node',
        format: 'esm',
        packages: 'external',
        outfile: path,
        logLevel: 'error',
      });
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
