// What a browser downloads stays within its budget.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { brotliCompress } from 'node:zlib';
import { root } from './paths.mjs';

const BUDGETS = {
  'brushwork_bg.wasm': 1_500_000,
  'relaxed/brushwork_bg.wasm': 1_500_000,
  'scalar/brushwork_bg.wasm': 1_500_000,
  'draft.onnx': 600_000,
  'revise.onnx': 400_000,
  'styles.bin': 150_000,
};

describe('what is downloaded', { concurrency: true }, () => {
  for (const [file, most] of Object.entries(BUDGETS)) {
    test(`${file} takes at most ${most / 1e6} MB with brotli`, async (context) => {
      const bytes = await readFile(join(root, 'dist/package', file));
      const { length } = await promisify(brotliCompress)(bytes);
      const sizes = [length, bytes.length].map((size) => `${(size / 1e6).toFixed(2)} MB`);
      context.diagnostic(sizes.join(' of '));
      assert.ok(length <= most);
    });
  }
});
