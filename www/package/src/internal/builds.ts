import { relaxedSimd, simd } from 'wasm-feature-detect';
import type { Assets } from './assets.js';

/** The engine's builds. They paint the same, the first ones faster. */
export type Build = keyof Assets['engines'];

const builds: readonly { name: Build; runs: () => Promise<boolean> }[] = [
  { name: 'relaxed', runs: relaxedSimd },
  { name: 'simd', runs: simd },
  { name: 'scalar', runs: async () => true },
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
