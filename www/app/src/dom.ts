/** The page's element with this id; index.html has it, or the page is broken. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  return within<T>(document, `#${id}`);
}

/** Whether a sheet lies over the page: until it is closed, the page itself stays as it is. */
export function sheetIsOpen(): boolean {
  return document.querySelector('dialog[open]') !== null;
}

/** The first element in `root` that matches. */
export function within<T extends Element = HTMLElement>(root: ParentNode, selector: string): T {
  const found = root.querySelector<T>(selector);
  if (found === null) {
    throw new Error(`index.html lacks ${selector}`);
  }
  return found;
}
