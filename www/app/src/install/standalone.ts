/** Only iOS has it. */
type IosNavigator = Navigator & { readonly standalone?: boolean };

export function runsOnIos(): boolean {
  return (navigator as IosNavigator).standalone !== undefined;
}

/** Whether the page was opened from the home screen, in a window of its own. */
export function isStandalone(): boolean {
  return (
    (navigator as IosNavigator).standalone === true ||
    matchMedia('(display-mode: standalone)').matches
  );
}
