/**
 * The server's time. A demo's clock runs ahead of this machine's; the difference is kept here, so that "in 3 days" is
 * counted from the server's now.
 */
let offset = 0;
const listeners = new Set<() => void>();

export const clock = {
  now: () => Date.now() + offset,
  set(serverNow: string) {
    offset = Date.parse(serverNow) - Date.now();
    for (const listener of listeners) listener();
  },
  subscribe(listener: () => void) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
