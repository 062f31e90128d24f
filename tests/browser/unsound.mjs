// The real engine on a device that is not as it should be: one whose browser computes wrongly, and one
// that has little memory.

const MEMORY = 5;
const EXPORTS = 7;
const CODE = 10;
const IMPORTS = 2;
const FUNCTION = 0;

/** A page of WebAssembly's memory, in bytes. */
const PAGE = 1 << 16;

/**
 * The engine that gets no more memory than this, as on a device that has no more.
 *
 * @param {Buffer} module with a memory of its own that may grow without end
 * @param {number} bytes
 * @returns {Buffer}
 */
export function withLittleMemory(module, bytes) {
  const start = sectionsOf(module).get(MEMORY) ?? 0;
  // One memory; without a most; its least. Before that, the section's number and length, a byte each.
  const [length, count, limits] = module.subarray(start - 1);
  const [least, end] = number(module, start + 2);
  if (module[start - 2] !== MEMORY || count !== 1 || limits !== 0 || end - start !== length) {
    throw new Error('the memory is declared in another way');
  }
  const most = Math.floor(bytes / PAGE);
  if (most < least) {
    throw new Error(`it begins with ${least * PAGE} bytes`);
  }
  const declared = [1, 1, ...leb128(least), ...leb128(most)];
  const section = Buffer.from([MEMORY, declared.length, ...declared]);
  return Buffer.concat([module.subarray(0, start - 2), section, module.subarray(end)]);
}

/**
 * The engine whose self-test fails: the body of that one function is replaced.
 *
 * @param {Buffer} module with an export `selfTest`, a function without arguments
 * @returns {Buffer}
 */
export function withFailingSelfTest(module) {
  const changed = Buffer.from(module);
  const sections = sectionsOf(changed);
  const imported = importedFunctions(changed, sections.get(IMPORTS));
  const index = exportedFunction(changed, sections.get(EXPORTS), 'selfTest') - imported;
  let at = sections.get(CODE) ?? 0;
  [, at] = number(changed, at);
  for (let skipped = 0; skipped < index; skipped += 1) {
    const [size, start] = number(changed, at);
    at = start + size;
  }
  const [size, start] = number(changed, at);
  // No locals; `i32.const 0`, `return`, then what is never reached, and the end.
  changed.fill(0x00, start, start + size);
  changed.set([0x00, 0x41, 0x00, 0x0f], start);
  changed[start + size - 1] = 0x0b;
  return changed;
}

/** Where the content of each section begins. @param {Buffer} module */
function sectionsOf(module) {
  /** @type {Map<number, number>} */
  const sections = new Map();
  for (let at = 8; at < module.length; ) {
    const [size, start] = number(module, at + 1);
    sections.set(module[at] ?? 0, start);
    at = start + size;
  }
  return sections;
}

/** @param {Buffer} module @param {number | undefined} section */
function importedFunctions(module, section) {
  if (section === undefined) {
    return 0;
  }
  let functions = 0;
  let [count, at] = number(module, section);
  for (; count > 0; count -= 1) {
    for (const _name of ['module', 'field']) {
      const [length, start] = number(module, at);
      at = start + length;
    }
    if (module[at] !== FUNCTION) {
      throw new Error('an import that is no function');
    }
    functions += 1;
    [, at] = number(module, at + 1);
  }
  return functions;
}

/** @param {Buffer} module @param {number | undefined} section @param {string} name */
function exportedFunction(module, section = 0, name = '') {
  let [count, at] = number(module, section);
  for (; count > 0; count -= 1) {
    const [length, start] = number(module, at);
    const found = module.toString('utf8', start, start + length);
    const [index, end] = number(module, start + length + 1);
    if (found === name) {
      return index;
    }
    at = end;
  }
  throw new Error(`there is no export ${name}`);
}

/** A number as WebAssembly writes it (LEB128), and what follows it. @param {Buffer} bytes @param {number} at */
function number(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7, at += 1) {
    const byte = bytes[at] ?? 0;
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) {
      return /** @type {[number, number]} */ ([value, at + 1]);
    }
  }
}

/** The same number, written. @param {number} value @returns {number[]} */
function leb128(value) {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb128(value >> 7)];
}
