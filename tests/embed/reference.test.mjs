// docs/api is what the comments in the code say.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { root } from '../browser/paths.mjs';

test('the API reference is up to date: npm run reference -w www/package', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'brushwork-reference-'));
  try {
    const npm = ['run', '--silent', 'reference', '-w', 'www/package', '--', '--out', folder];
    await promisify(execFile)('npm', npm, { cwd: root });
    const files = await readdir(folder);
    assert.deepEqual(files, await readdir(join(root, 'docs/api')));
    for (const file of files) {
      const [fresh, kept] = await Promise.all(
        [folder, join(root, 'docs/api')].map((at) => readFile(join(at, file), 'utf8')),
      );
      assert.equal(kept, fresh, file);
      assert.doesNotMatch(String(fresh), /\bBase\b/, 'it names what pages know');
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
