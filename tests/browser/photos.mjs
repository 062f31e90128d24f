// The photos that the tests use: a shipped sample, as it is and as a phone would have written it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './paths.mjs';
import { withExifOrientation } from './pictures.mjs';

/** A cat's face looking left: no two of its sides are alike. */
export const plainPhoto = await readFile(join(root, 'www/app/public/samples/chelsea.jpg'));

/** Files for a file input, in a folder that `remove` takes away. */
export function photoFiles() {
  const folder = mkdtempSync(join(tmpdir(), 'brushwork-photos-'));
  const write = (/** @type {string} */ name, /** @type {Buffer | string} */ content) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  return {
    plain: write('plain.jpg', plainPhoto),
    // A phone held upright has its sensor lie on its side.
    rotated: write('rotated.jpg', withExifOrientation(plainPhoto, 6)),
    /** @param {number} orientation as EXIF numbers them */
    taken: (orientation) =>
      write(`taken-${orientation}.jpg`, withExifOrientation(plainPhoto, orientation)),
    // The first box of a HEIC file; nothing here reads the rest.
    heic: write('iphone.heic', '\0\0\0\x18ftypheic\0\0\0\0mif1heic'.padEnd(4096, '\0')),
    empty: write('empty.jpg', ''),
    text: write('text.jpg', 'This is no picture.'),
    cut: write('cut.jpg', plainPhoto.subarray(0, 40)),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
