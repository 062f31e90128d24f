import { simd } from 'wasm-feature-detect';
import type { Assets } from './assets.js';

/** The engine's builds. They paint the same, the first ones faster. */
export type Build = keyof Assets['engines'];

/**
 * A function of `f32x4.relaxed_max` and `i32x4.relaxed_dot_i8x16_i7x16_add_s`. WebKit had other
 * instructions of relaxed SIMD before these, so that asking for any one of them says too little.
 *
 * @see https://github.com/WebAssembly/relaxed-simd/blob/main/proposals/relaxed-simd/Overview.md
 */
const RELAXED = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 26, 1, 24, 0, 65, 1, 253, 15,
  65, 1, 253, 15, 253, 142, 2, 65, 1, 253, 15, 65, 1, 253, 15, 253, 147, 2, 11,
]);

const builds: readonly { name: Build; runs: () => boolean | Promise<boolean> }[] = [
  { name: 'relaxed', runs: () => WebAssembly.validate(RELAXED) },
  { name: 'simd', runs: simd },
  { name: 'scalar', runs: () => true },
];

/** Those whose self-test failed on this device, as that of SIMD does on iOS 16.4. */
const unsound = new Set<Build>();

/** The fastest build that this browser runs; nothing when none computes right. */
export async function bestBuild(): Promise<Build | undefined> {
  for (const { name, runs } of builds) {
    if (!unsound.has(name) && (await runs())) {
      return name;
    }
  }
  return undefined;
}

/** From now on, this build is not the best one any more. */
export function distrust(build: Build): void {
  unsound.add(build);
}
