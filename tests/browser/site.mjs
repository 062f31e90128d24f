// The site in another version, as its next release would be.
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './paths.mjs';

/** The headline of the other version. */
export const NEW_HEADLINE = 'Turn a photo into a painting anew';

/**
 * Builds the page anew with another headline, and with an engine that is the same but for a note in
 * its file: so every file that matters has another name.
 */
export async function buildNextVersion() {
  const folder = await mkdtemp(join(tmpdir(), 'brushwork-next-'));
  const copy = (/** @type {string} */ path) =>
    cp(join(root, path), join(folder, path), { recursive: true });
  await Promise.all(['www/app', 'dist/package', 'tsconfig.base.json'].map(copy));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));

  const words = join(folder, 'www/app/src/text/en.ts');
  const changed = (await readFile(words, 'utf8')).replace(
    /headline: '.*'/,
    `headline: '${NEW_HEADLINE}'`,
  );
  await writeFile(words, changed);
  // A custom section: its kind, its length, and its name.
  const note = Buffer.from([0, 5, 4, ...Buffer.from('next')]);
  for (const build of ['relaxed', '.', 'scalar']) {
    const engine = join(folder, 'dist/package', build, 'brushwork_bg.wasm');
    await writeFile(engine, Buffer.concat([await readFile(engine), note]));
  }

  const vite = join(root, 'node_modules/vite/bin/vite.js');
  await promisify(execFile)(process.execPath, [vite, 'build'], { cwd: join(folder, 'www/app') });
  return {
    folder: join(folder, 'dist/site'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
