import { BrushworkError, type ErrorCode } from 'brushwork';
import { byId, within } from '../dom.js';
import { focusAgain } from '../focus.js';
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
  | 'killed-opening'
  | 'killed-saving';

/** What the person can do about a problem. */
export type WayOut = 'choose' | 'retry' | 'reload' | 'smaller' | 'open-smaller' | 'open-again';

export interface Problem {
  readonly code: ProblemCode;
  readonly wayOut: WayOut | undefined;
  /** Another one, where there are two. */
  readonly other?: WayOut;
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

/** What has to do with a file alone: painting goes on. */
const aboutFiles: ReadonlySet<ProblemCode> = new Set([
  'not-a-picture',
  'heic',
  'empty-file',
  'too-small',
  'too-large',
  'cross-origin',
  'not-saved',
  'not-copied',
] satisfies ProblemCode[]);

/** Whether it may be that nothing more can be painted. */
export function ailsEngine(problem: Problem | undefined): boolean {
  return problem !== undefined && !aboutFiles.has(problem.code);
}

/** A problem to show for an error; `wayOut` is for the codes that do not decide it. */
export function problemOf(error: unknown, wayOut?: WayOut): Problem {
  const code = error instanceof BrushworkError ? error.code : 'engine';
  // Nothing on this page helps against a browser that cannot paint.
  const hopeless = code === 'no-wasm';
  return { code, wayOut: hopeless ? undefined : (waysOut[code] ?? wayOut) };
}

/** Shows the problem, if there is one, with its ways out; `none` is for who takes none. */
export function mountProblem(store: AppStore, ways: Record<WayOut | 'none', () => void>): void {
  const box = byId('problem');
  const sentence = within(box, 'p');
  const buttons = { wayOut: within(box, '.way-out'), other: within(box, '.other-way') };
  let focusBefore: Element | null = null;
  const leave = (way: WayOut | 'none') => {
    store.set({ problem: undefined });
    focusAgain(focusBefore);
    ways[way]();
  };
  within(box, '.dismiss').addEventListener('click', () => leave('none'));
  for (const [which, button] of Object.entries(buttons) as ['wayOut' | 'other', HTMLElement][]) {
    button.addEventListener('click', () => leave(store.state.problem?.[which] ?? 'none'));
    store.watch(
      (state) => [state.problem?.[which], state.language],
      (way, language) => {
        button.hidden = way === undefined;
        button.textContent = way ? textIn(language).waysOut[way] : '';
      },
    );
  }
  store.watch(
    (state) => [state.problem, state.language],
    (problem, language) => {
      if (problem && box.hidden) {
        focusBefore = document.activeElement;
      }
      box.hidden = problem === undefined;
      sentence.textContent = problem ? textIn(language).problems[problem.code] : '';
    },
  );
}
