/**
 * The server's time. A demo's clock runs ahead of this machine's; the difference is kept here, so that "in 3 days" is
 * counted from the server's now.
 */
let offset = 0;
const listeners = new Set<() => void>();

/** How often what shows a relative time is rendered again. */
export const TICK = 30_000;
let timer: ReturnType<typeof setInterval> | undefined;

function notify() {
  for (const listener of listeners) listener();
}

export const clock = {
  now: () => Date.now() + offset,
  set(serverNow: string) {
    offset = Date.parse(serverNow) - Date.now();
    notify();
  },
  /** One timer for all that listen, however many times are on the screen. */
  subscribe(listener: () => void) {
    listeners.add(listener);
    timer ??= setInterval(notify, TICK);
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    };
  },
};
