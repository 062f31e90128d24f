import { BrushworkError, type ErrorCode } from 'brushwork';
import { byId, within } from '../dom.js';
import type { AppStore } from '../state.js';
import { textIn } from '../text/text.js';
import './problem.css';

export type ProblemCode =
  | ErrorCode
  | 'heic'
  | 'no-memory-saving'
  | 'not-saved'
  | 'not-copied'
  | 'killed'
  | 'killed-saving';

/** What the person can do about a problem. */
export type WayOut = 'choose' | 'retry' | 'reload' | 'smaller';

export interface Problem {
  readonly code: ProblemCode;
  readonly wayOut: WayOut | undefined;
}

/** The ways out that the code alone decides. */
const waysOut: Partial<Record<ProblemCode, WayOut>> = {
  'not-a-picture': 'choose',
  'empty-file': 'choose',
  'too-small': 'choose',
  'too-large': 'choose',
  'cross-origin': 'choose',
  'unsupported-model': 'reload',
};

/** A problem to show for an error; `wayOut` is for the codes that do not decide it. */
export function problemOf(error: unknown, wayOut?: WayOut): Problem {
  const code = error instanceof BrushworkError ? error.code : 'engine';
  // Nothing on this page helps against a browser that cannot paint.
  const hopeless = code === 'no-wasm';
  return { code, wayOut: hopeless ? undefined : (waysOut[code] ?? wayOut) };
}

/** Shows the problem, if there is one, with its way out. */
export function mountProblem(store: AppStore, ways: Record<WayOut, () => void>): void {
  const box = byId('problem');
  const sentence = within(box, 'p');
  const button = within(box, '.way-out');
  within(box, '.dismiss').addEventListener('click', () => store.set({ problem: undefined }));
  button.addEventListener('click', () => {
    const wayOut = store.state.problem?.wayOut;
    store.set({ problem: undefined });
    if (wayOut) {
      ways[wayOut]();
    }
  });
  store.watch(
    (state) => [state.problem, state.language],
    (problem, language) => {
      const text = textIn(language);
      box.hidden = problem === undefined;
      sentence.textContent = problem ? text.problems[problem.code] : '';
      button.hidden = problem?.wayOut === undefined;
      button.textContent = problem?.wayOut ? text.waysOut[problem.wayOut] : '';
    },
  );
}
