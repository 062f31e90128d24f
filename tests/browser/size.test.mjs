// What a browser downloads stays within its budget.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { brotliCompress } from 'node:zlib';
import { root } from './paths.mjs';

const BUDGETS = {
  'brushwork_bg.wasm': 1_500_000,
  'brushwork.onnx': 600_000,
};

for (const [file, most] of Object.entries(BUDGETS)) {
  test(`${file} takes at most ${most / 1e6} MB with brotli`, async (context) => {
    const bytes = await readFile(join(root, 'dist/package', file));
    const { length } = await promisify(brotliCompress)(bytes);
    context.diagnostic(`${(length / 1e6).toFixed(2)} MB of ${(bytes.length / 1e6).toFixed(2)} MB`);
    assert.ok(length <= most);
  });
}
