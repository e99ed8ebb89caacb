/**
 * The server's time. A sandbox's clock runs ahead of every machine's, and a viewer's machine may be wrong too; the difference
 * is kept here, so that "in 3 days" is counted from the server's now.
 */
let offset = 0;
/** Whether the server is a sandbox, whose time `Date` headers do not show. */
let sandbox = false;
const listeners = new Set<() => void>();

/** How often what shows a relative time is rendered again. */
export const TICK = 30_000;
let timer: ReturnType<typeof setInterval> | undefined;

/** A `Date` header has full seconds and was some milliseconds on the way. */
const UNSURE = 3_000;

function notify() {
  for (const listener of listeners) listener();
}

function setOffset(next: number) {
  offset = next;
  notify();
}

export const clock = {
  now: () => Date.now() + offset,
  /** Takes the time that a sandbox reports. */
  set(serverNow: string) {
    sandbox = true;
    setOffset(Date.parse(serverNow) - Date.now());
  },
  /** Takes the `Date` header of an answer, which is the time of every server that is no sandbox. */
  observe(header: string | null) {
    const difference = header === null ? Number.NaN : Date.parse(header) - Date.now();
    if (!sandbox && Math.abs(difference - offset) > UNSURE) setOffset(difference);
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
